using System.Text;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Contract;

/// <summary>The files in which a node keeps who it is.</summary>
/// <param name="root">The directory that they are below; <c>/</c> except for trials.</param>
public sealed class NodeFiles(string root)
{
    private const int MaxLine = 4096;

    /// <summary>Those of this process's root.</summary>
    public static NodeFiles OfEnvironment => new(RootDirectory.OfEnvironment);

    /// <summary>The file with the node's id.</summary>
    public string Id => Path.Combine(root, "var/lib/kadalu/node-id");

    /// <summary>The file with the node's name in pools, if it is not its host name.</summary>
    public string Name => Path.Combine(root, "var/lib/kadalu/node-name");

    /// <summary>The file with what the node keeps of being in a cluster; holds its key.</summary>
    public string Membership => Path.Combine(root, "var/lib/kadalu/cluster/membership.json");

    /// <summary>Where a join token is put, by which the node joins by itself if it is in no cluster. It is deleted then.</summary>
    public string JoinToken => Path.Combine(root, "etc/kadalu/join-token");

    /// <summary>Where the agents of the cluster's other nodes are, as its manager has said.</summary>
    public string ClusterNodes => Path.Combine(root, "var/lib/kadalu/cluster/nodes.json");

    /// <summary>The directory with a file for each pool that has the number of the latest task which this node has seen.</summary>
    public string Generations => Path.Combine(root, "var/lib/kadalu/generations");

    /// <summary>The state of the manager, if it is on this node; holds the cluster's key.</summary>
    public string ManagerState => Path.Combine(root, "var/lib/kadalu/manager/state.db");

    /// <summary>The directory of that.</summary>
    public string ManagerDirectory => Path.GetDirectoryName(ManagerState)!;

    /// <summary>The id of this node, by which GlusterFS's tools, other nodes and this node itself recognise its units.</summary>
    /// <returns>The id; null where there is none yet.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public string? FindId()
    {
        string? id = ReadLine(Id);
        return id is null || Guid.TryParse(id, out _)
            ? id
            : throw new CommandException(ExitCode.PoolRefused, $"{Id}: \"{id}\" is not a UUID");
    }

    /// <summary>The id of this node, which gets one where it has none.</summary>
    /// <exception cref="CommandException">It cannot be read or written.</exception>
    public Guid GetOrMakeId()
    {
        if (FindId() is { } found)
        {
            return Guid.Parse(found);
        }

        var made = Guid.NewGuid();
        PutId(made.ToString());
        return made;
    }

    /// <summary>Writes the id of this node.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void PutId(string id) => PutLine(Id, id);

    /// <summary>The name of this node in pools.</summary>
    /// <returns>The name; null for its host name.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public string? FindName() => ReadLine(Name);

    /// <summary>Writes the name of this node, for later commands.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void PutName(string name) => PutLine(Name, name);

    private static void PutLine(string path, string line) =>
        SystemRefusal.Guard(path, () => AtomicFile.Put(path, Encoding.UTF8.GetBytes(line + "\n"), FileModes.Public));

    private static string? ReadLine(string path)
    {
        string? line = null;
        if (FileStatus.Read(path, out _) is not (Errno.ENOENT or Errno.ENOTDIR))
        {
            SystemRefusal.Guard(path, () => line = Encoding.UTF8.GetString(BoundedFile.Read(path, MaxLine)).Trim());
        }

        return string.IsNullOrEmpty(line) ? null : line;
    }
}

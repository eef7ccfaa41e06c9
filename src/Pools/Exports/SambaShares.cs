using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools.Exports;

/// <summary>
/// The shares of Samba that this program has made. smb.conf includes files by their names only: an index beside the fragments includes
/// each of them.
/// </summary>
/// <param name="places">Where they are.</param>
public sealed class SambaShares(ExportPlaces places)
{
    private const string Mark = "# Made by kadalu pool export smb, which overwrites it.\n";

    // Earlier versions of this program have named an earlier command.
    private const string AnyMark = "# Made by kadalu";

    // More than anybody has; files may include each other.
    private const int MostFiles = 100;

    private string Index => places.Fragments + ".conf";

    /// <summary>The line that smb.conf needs.</summary>
    public string IncludeLine => $"include = {Index}";

    /// <summary>Whether it has it.</summary>
    public bool AreIncluded => IncludedBy(places.Configuration).Contains(Index);

    /// <summary>Finds the share that this program has made of a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    public SambaShare? Find(string pool) =>
        ExportPlaces.TryRead(places.FragmentOf(pool)) is { } text ? SambaShare.Parse(pool, text) : null;

    /// <summary>Writes a share's fragment.</summary>
    /// <exception cref="CommandException">There is a share of this name already, or somebody else has made a file of the fragment's
    /// name.</exception>
    public void Put(SambaShare share)
    {
        string file = places.FragmentOf(share.Pool);
        ExportPlaces.RefuseOthers(file, Find(share.Pool) is not null);
        ExportPlaces.RefuseOthers(Index, IsIndexOurs);
        if (FindOwner(share) is { } other)
        {
            throw new CommandException(ExitCode.PoolRefused, $"{other} has a share {share.Name} already: --share OTHER");
        }

        string text = share.ToText();
        if (ExportPlaces.TryRead(file) != text)
        {
            AtomicFile.Put(file, Encoding.UTF8.GetBytes(text), FileModes.Public);
        }

        PutIndex();
    }

    /// <summary>Removes a pool's fragment, unless somebody else has made it.</summary>
    public void Remove(string pool)
    {
        if (Find(pool) is not null)
        {
            File.Delete(places.FragmentOf(pool));
        }

        if (IsIndexOurs)
        {
            PutIndex();
        }
    }

    /// <summary>Has a running smbd read its configuration again: clients that connect from now on have what it says.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Reload() => new FileServer(places).Reload();

    // The file with another share of this name.
    private string? FindOwner(SambaShare share)
    {
        string? pool = Ours().FirstOrDefault(pool => pool != share.Pool && Is(share.Name, Find(pool)!.Name));
        return pool is not null ? places.FragmentOf(pool)
            : PeoplesFiles().FirstOrDefault(file => SectionsOf(file).Any(name => Is(share.Name, name)));
    }

    // smb.conf, and what it includes, apart from this program's. Names with variables are for each client another file.
    private List<string> PeoplesFiles()
    {
        List<string> files = [places.Configuration];
        for (int next = 0; next < files.Count && files.Count < MostFiles; next++)
        {
            files.AddRange([.. IncludedBy(files[next]).Where(file => file != Index).Except(files)]);
        }

        return files;
    }

    private static IEnumerable<string> IncludedBy(string file) =>
        from line in LinesOf(file)
        let parts = line.Split('=', 2)
        where parts.Length == 2 && Is(parts[0].Trim(), "include")
        select parts[1].Trim().Trim('"');

    private static IEnumerable<string> SectionsOf(string file) =>
        LinesOf(file).Where(line => line.StartsWith('[')).Select(line => line[1..].Split(']')[0].Trim());

    private static IEnumerable<string> LinesOf(string file) =>
        (ExportPlaces.TryRead(file) ?? "").Split('\n').Select(line => line.Trim());

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    // The pools with fragments of this program.
    private IEnumerable<string> Ours() =>
        places.ListFragments().Select(file => Path.GetFileNameWithoutExtension(file)).Where(pool => Find(pool) is not null);

    private bool IsIndexOurs => ExportPlaces.TryRead(Index)?.StartsWith(AnyMark, StringComparison.Ordinal) == true;

    private void PutIndex()
    {
        string text = Mark + string.Concat(Ours().Select(pool => $"include = {places.FragmentOf(pool)}\n"));
        if (ExportPlaces.TryRead(Index) != text)
        {
            AtomicFile.Put(Index, Encoding.UTF8.GetBytes(text), FileModes.Public);
        }
    }
}

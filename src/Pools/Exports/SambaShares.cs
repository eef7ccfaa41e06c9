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
    private string Index => places.Fragments + ".conf";

    /// <summary>The line that smb.conf needs.</summary>
    public string IncludeLine => $"include = {Index}";

    /// <summary>Whether it has it.</summary>
    public bool AreIncluded => places.Includes(
        line => line.StartsWith("include", StringComparison.OrdinalIgnoreCase) &&
            line.Split('=', 2) is [_, var file] && file.Trim().Trim('"') == Index);

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

        PutIndex();
    }

    /// <summary>Has a running smbd read its configuration again: clients that connect from now on have what it says.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Reload() => new FileServer(places).Reload();

    // The file with another share of this name.
    private string? FindOwner(SambaShare share)
    {
        string? pool = Ours().FirstOrDefault(pool => pool != share.Pool && Is(share.Name, Find(pool)!.Name));
        bool isPeoples = places.Includes(line => line is ['[', .. var name, ']'] && Is(share.Name, name.Trim()));
        return pool is not null ? places.FragmentOf(pool) : isPeoples ? places.Configuration : null;
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    // The pools with fragments of this program.
    private IEnumerable<string> Ours() =>
        places.ListFragments().Select(file => Path.GetFileNameWithoutExtension(file)).Where(pool => Find(pool) is not null);

    private void PutIndex()
    {
        string text = "# Made by kadalu-fsd pool export smb, which overwrites it.\n" +
            string.Concat(Ours().Select(pool => $"include = {places.FragmentOf(pool)}\n"));
        if (ExportPlaces.TryRead(Index) != text)
        {
            AtomicFile.Put(Index, Encoding.UTF8.GetBytes(text), FileModes.Public);
        }
    }
}

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
    public bool AreIncluded => new FileServer(places).Includes(
        line => line.StartsWith("include", StringComparison.OrdinalIgnoreCase) &&
            line.Split('=', 2) is [_, var file] && file.Trim().Trim('"') == Index);

    /// <summary>Finds the share that this program has made of a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    public SambaShare? Find(string pool) => Read(places.FragmentOf(pool));

    /// <summary>Writes a share's fragment.</summary>
    /// <returns>Whether it is another one than was there.</returns>
    /// <exception cref="CommandException">Another pool has a share of this name.</exception>
    public bool Put(SambaShare share)
    {
        string file = places.FragmentOf(share.Pool);
        string? other = places.ListFragments().FirstOrDefault(there =>
            there != file && string.Equals(Read(there)?.Name, share.Name, StringComparison.OrdinalIgnoreCase));
        if (other is not null)
        {
            throw new CommandException(ExitCode.PoolRefused, $"{other} has a share {share.Name} already: --share OTHER");
        }

        string text = share.ToText();
        bool isChanged = ExportPlaces.TryRead(file) != text;
        if (isChanged)
        {
            AtomicFile.Put(file, Encoding.UTF8.GetBytes(text), FileModes.Public);
        }

        return PutIndex() || isChanged;
    }

    /// <summary>Removes a pool's fragment.</summary>
    public void Remove(string pool)
    {
        File.Delete(places.FragmentOf(pool));
        _ = PutIndex();
    }

    /// <summary>Has a running smbd read its configuration again: clients that connect from now on have what it says.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Reload() => new FileServer(places).Reload();

    private static SambaShare? Read(string file) => ExportPlaces.TryRead(file) is { } text ? SambaShare.Parse(text) : null;

    private bool PutIndex()
    {
        string text = "# Made by kadalu-fsd pool export smb, which overwrites it.\n" +
            string.Concat(places.ListFragments().Select(file => $"include = {file}\n"));
        if (ExportPlaces.TryRead(Index) == text)
        {
            return false;
        }

        AtomicFile.Put(Index, Encoding.UTF8.GetBytes(text), FileModes.Public);
        return true;
    }
}

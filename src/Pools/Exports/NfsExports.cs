using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools.Exports;

/// <summary>The exports of NFS-Ganesha on this node: the fragments of this program, and what people have written themselves.</summary>
/// <param name="places">Where they are.</param>
public sealed partial class NfsExports(ExportPlaces places)
{
    /// <summary>The line that NFS-Ganesha's configuration needs.</summary>
    public string IncludeLine => $"%dir \"{places.Fragments}/*.conf\"";

    /// <summary>Whether NFS-Ganesha's configuration has it.</summary>
    public bool AreIncluded => new FileServer(places).Includes(
        line => line.StartsWith("%dir", StringComparison.Ordinal) && line.Contains(places.Fragments, StringComparison.Ordinal));

    /// <summary>Finds the export that this program has made of a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    public NfsExport? Find(string pool) =>
        ExportPlaces.TryRead(places.FragmentOf(pool)) is { } text ? NfsExport.Parse(text) : null;

    /// <summary>Finds files that export a pool, this program's and others.</summary>
    /// <param name="names">What a volume may be called: the pool's name and its id.</param>
    /// <returns>Their paths.</returns>
    public string[] FindFiles(params string[] names) =>
        [.. ReadAll().Where(file => Volume().Matches(file.Text).Any(match => names.Contains(match.Groups[1].Value)))
            .Select(file => file.Path)];

    /// <summary>Writes an export's fragment.</summary>
    /// <returns>Whether it is another one than was there.</returns>
    /// <exception cref="CommandException">Another export has the same path or number, or the fragment cannot be written.</exception>
    public bool Put(NfsExport export)
    {
        string file = places.FragmentOf(export.Pool);
        foreach ((string other, string there) in ReadAll().Where(there => there.Path != file))
        {
            if (Pseudo().Matches(there).Any(match => match.Groups[1].Value == export.Pseudo))
            {
                throw new CommandException(
                    ExitCode.PoolRefused, $"{other} exports something as {export.Pseudo} already: --pseudo /OTHER");
            }

            if (NumbersOf(there).Contains(export.Number))
            {
                throw new CommandException(
                    ExitCode.PoolRefused, $"{other} has an export with the Export_Id {export.Number} already: --export-id OTHER");
            }
        }

        string text = export.ToText();
        if (ExportPlaces.TryRead(file) == text)
        {
            return false;
        }

        AtomicFile.Put(file, Encoding.UTF8.GetBytes(text), FileModes.Public);
        return true;
    }

    /// <summary>Removes a pool's fragment.</summary>
    public void Remove(string pool) => File.Delete(places.FragmentOf(pool));

    /// <summary>The Export_Ids that stand in some file.</summary>
    public IReadOnlySet<int> Numbers => ReadAll().SelectMany(file => NumbersOf(file.Text)).ToHashSet();

    private static IEnumerable<int> NumbersOf(string text) => Number().Matches(text).Select(match =>
        int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0);

    // NFS-Ganesha's configuration, everything beside and below it that could be included, and the fragments.
    private IEnumerable<(string Path, string Text)> ReadAll()
    {
        string? directory = Path.GetDirectoryName(places.Configuration);
        var below = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        string[] files = Directory.Exists(directory) ? Directory.GetFiles(directory, "*.conf", below) : [];
        return files.Union(places.ListFragments()).Order(StringComparer.Ordinal)
            .Select(file => (file, Comment().Replace(ExportPlaces.TryRead(file) ?? "", "")));
    }

    [GeneratedRegex(@"#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bExport_Id\s*=\s*(\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Number();

    [GeneratedRegex(@"\bPseudo\s*=\s*[""']?([^""';\s]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Pseudo();

    [GeneratedRegex(@"\bVolume\s*=\s*[""']?([^""';\s]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Volume();
}

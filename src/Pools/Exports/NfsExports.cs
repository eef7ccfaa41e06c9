using System.IO.Enumeration;
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
    public bool AreIncluded => places.Includes(
        line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["%dir", var path, ..] &&
            path.Trim('"').TrimEnd('/') is var named &&
            (named == places.Fragments || Path.GetDirectoryName(named) == places.Fragments));

    /// <summary>Finds the export that this program has made of a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    public NfsExport? Find(string pool) =>
        ExportPlaces.TryRead(places.FragmentOf(pool)) is { } text ? NfsExport.Parse(pool, text) : null;

    /// <summary>Finds files that export a pool, this program's and others.</summary>
    /// <param name="names">What a volume may be called: the pool's name and its id.</param>
    /// <returns>Their paths.</returns>
    public string[] FindFiles(params string[] names) =>
        [.. ReadAll().Where(file => Volume().Matches(file.Text).Any(match => names.Contains(match.Groups[1].Value)))
            .Select(file => file.Path)];

    /// <summary>Finds an Export_Id that no file has.</summary>
    /// <param name="live">Those that a running NFS-Ganesha has.</param>
    /// <exception cref="CommandException">All are taken.</exception>
    public int ChooseNumber(IReadOnlySet<int> live)
    {
        HashSet<int> taken = [.. ReadAll().SelectMany(file => NumbersOf(file.Text)), .. live];
        return Enumerable.Range(NfsExport.FirstNumber, NfsExport.LastNumber - NfsExport.FirstNumber + 1)
            .FirstOrDefault(number => !taken.Contains(number)) is var free and > 0
            ? free : throw new CommandException(ExitCode.PoolRefused, "NFS-Ganesha has no Export_Id left");
    }

    /// <summary>Writes an export's fragment.</summary>
    /// <exception cref="CommandException">Another export has the same path or number, or somebody else has made a file of its
    /// name.</exception>
    public void Put(NfsExport export)
    {
        string file = places.FragmentOf(export.Pool);
        ExportPlaces.RefuseOthers(file, NfsExport.Parse(export.Pool, ExportPlaces.TryRead(file) ?? "") is not null);
        foreach ((string other, string there) in ReadAll().Where(there => there.Path != file))
        {
            if (Pseudo().Matches(there).Any(match => match.Groups[1].Value.TrimEnd('/') == export.Pseudo))
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
        if (ExportPlaces.TryRead(file) != text)
        {
            AtomicFile.Put(file, Encoding.UTF8.GetBytes(text), FileModes.Public);
        }
    }

    /// <summary>Removes a pool's fragment, unless somebody else has made it.</summary>
    public void Remove(string pool)
    {
        if (Find(pool) is not null)
        {
            File.Delete(places.FragmentOf(pool));
        }
    }

    private static IEnumerable<int> NumbersOf(string text) =>
        Number().Matches(text).Select(match => ReadNumber(match.Groups[1].Value));

    // As C writes them.
    private static int ReadNumber(string digits)
    {
        try
        {
            return digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Convert.ToInt32(digits[2..], 16)
                : Convert.ToInt32(digits, digits.StartsWith('0') ? 8 : 10);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return 0;
        }
    }

    // NFS-Ganesha's configuration, everything beside and below it that could be included, links too, and the fragments. What a killed
    // command or an editor has left beside fragments is not included.
    private IEnumerable<(string Path, string Text)> ReadAll()
    {
        string? directory = Path.GetDirectoryName(places.Configuration);
        IEnumerable<string> files = Directory.Exists(directory)
            ? FilesBelow(directory).Where(file => Path.GetDirectoryName(file) != places.Fragments) : [];
        return files.Append(places.Configuration).Select(TargetOf).Union(places.ListFragments()).Order(StringComparer.Ordinal)
            .Select(file => (file, Comment().Replace(ExportPlaces.TryRead(file) ?? "", "")));
    }

    // Links to directories may go round.
    private static FileSystemEnumerable<string> FilesBelow(string directory) => new(
        directory, static (ref entry) => entry.ToFullPath(), new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.None,
        })
    {
        ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory,
        ShouldRecursePredicate = static (ref entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };

    private static string TargetOf(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        }
        catch (IOException)
        {
            return file;
        }
    }

    [GeneratedRegex(@"#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bExport_Id\s*=\s*(0x[0-9a-f]+|\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Number();

    [GeneratedRegex(@"\bPseudo\s*=\s*[""']?([^""';\s]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Pseudo();

    [GeneratedRegex(@"\bVolume\s*=\s*[""']?([^""';\s]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Volume();
}

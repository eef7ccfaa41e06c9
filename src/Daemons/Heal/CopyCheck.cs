using KadaluFsd.Contract;
using KadaluFsd.Native;
using KadaluFsd.Storage;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// Compares what the storage units of each group have under their names, directory by directory: what a heal should have made
/// equal, and what nobody knows to be unequal. Directories that wait for a heal are left out. Changes that are being made while
/// it looks are looked at again.
/// </summary>
/// <param name="wait">Waits a moment before something is looked at again.</param>
internal sealed class CopyCheck(IReadOnlyList<CopyGroup> groups, ICopySource source, Action wait)
{
    private const int Attempts = 5;

    private readonly Lock _lock = new();
    private readonly List<CopyDifference> _differences = [];
    private readonly SortedSet<string> _unreachable = new(StringComparer.Ordinal);
    private bool _isRunning = true;
    private long _directories;
    private long _waiting;
    private long _differenceCount;
    private string? _failure;

    /// <summary>What has been found so far. From any thread.</summary>
    internal CopyReport Report()
    {
        lock (_lock)
        {
            return new CopyReport(
                _isRunning, _directories, _waiting, _differenceCount, [.. _differences], [.. _unreachable], _failure);
        }
    }

    /// <summary>Compares everything. Takes as long as reading all directories of all units.</summary>
    internal void Run()
    {
        try
        {
            foreach (CopyGroup group in groups)
            {
                Walk(group);
            }
        }
        catch (GraphException exception)
        {
            Note(() => _failure = exception.Message);
        }
        finally
        {
            Note(() => _isRunning = false);
        }
    }

    private void Walk(CopyGroup group)
    {
        var seen = new HashSet<Guid> { HiddenDirectory.RootGfid };
        var ahead = new Stack<CopiedDirectory>([new CopiedDirectory("/", HiddenDirectory.RootGfid, group.Units)]);
        while (ahead.TryPop(out CopiedDirectory? directory))
        {
            foreach (CopiedDirectory below in Compare(group, directory).Where(below => seen.Add(below.Gfid)))
            {
                ahead.Push(below);
            }
        }
    }

    // Gives the directories in it, on whatever unit.
    private IEnumerable<CopiedDirectory> Compare(CopyGroup group, CopiedDirectory directory)
    {
        CopyDifference[] differences = [];
        CopyListing[] listings = [];
        bool isCompared = false;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0)
            {
                wait();
            }

            var lost = new List<string>();
            listings = [.. group.Units.Select(unit => Read(unit, directory.Gfid, lost)).OfType<CopyListing>()];

            // One that is alone is compared with nothing.
            isCompared = listings.Length + lost.Count > 1;
            if (listings.Any(listing => listing.IsMarked))
            {
                Note(() => _waiting++);
                return Below(directory.Path, listings);
            }

            // One that has no such name is told of with the directory above.
            differences =
            [
                .. lost.Intersect(directory.Units)
                    .Select(unit => new CopyDifference(group.Name, directory.Path, unit, "not found by its gfid")),
                .. Differences(group.Name, directory.Path, listings),
            ];
            if (differences.Length == 0)
            {
                break;
            }
        }

        Note(() =>
        {
            _directories += isCompared ? 1 : 0;
            _differenceCount += differences.Length;
            _differences.AddRange(differences.Take(CopyReport.DifferencesMax - _differences.Count));
        });
        return Below(directory.Path, listings);
    }

    private CopyListing? Read(string unit, Guid gfid, List<string> lost)
    {
        try
        {
            return source.Read(unit, gfid);
        }
        catch (GraphException exception) when (exception.IsMissing)
        {
            lost.Add(unit);
            return null;
        }
        catch (GraphException exception) when (exception.IsUnreachable)
        {
            Note(() => _unreachable.Add(unit));
            return null;
        }
    }

    private static IEnumerable<CopiedDirectory> Below(string path, CopyListing[] listings) =>
        from listing in listings
        from entry in listing.Entries
        where entry.Value.IsDirectory && entry.Value.Gfid != Guid.Empty && !IsOwn(entry.Key)
        group listing.Unit by (entry.Key, entry.Value.Gfid) into same
        select new CopiedDirectory(In(path, same.Key.Key), same.Key.Gfid, [.. same]);

    private static string In(string path, string name) => path == "/" ? "/" + name : $"{path}/{name}";

    // GlusterFS's own directories: what waits for being moved or removed.
    private static bool IsOwn(string name) => name.StartsWith(UnitDirectory.AnonymousPrefix, StringComparison.Ordinal);

    /// <summary>
    /// What differs in one directory. What most units have is taken for right; where there is no majority, what is there.
    /// </summary>
    /// <returns>A difference for each unit and name that is not as it should be.</returns>
    internal static IEnumerable<CopyDifference> Differences(string group, string path, CopyListing[] listings)
    {
        foreach (
            string name in listings.SelectMany(listing => listing.Entries.Keys)
            .Where(name => !IsOwn(name)).Distinct().Order(StringComparer.Ordinal))
        {
            CopyEntry?[] entries =
                [.. listings.Select(listing => listing.Entries.TryGetValue(name, out CopyEntry? entry) ? entry : null)];
            CopyEntry right = entries.OfType<CopyEntry>().GroupBy(entry => entry).MaxBy(same => same.Count())!.Key;
            bool isTooMuch = entries.Count(entry => entry is null) > entries.Length / 2;
            for (int index = 0; index < entries.Length; index++)
            {
                string? problem = entries[index] switch
                {
                    null => isTooMuch ? null : "missing",
                    _ when isTooMuch => "only here",
                    var entry when entry != right => entry.IsDirectory == right.IsDirectory ? "another one" : "of another type",
                    _ => null,
                };
                if (problem is not null)
                {
                    yield return new CopyDifference(group, In(path, name), listings[index].Unit, problem);
                }
            }
        }

        // Units of a disperse group count their changes: one with another number has missed some.
        foreach (CopyListing listing in listings.Where(listing => listing.Version != listings.Max(other => other.Version)))
        {
            yield return new CopyDifference(
                group, path, listing.Unit, $"at version {listing.Version} instead of {listings.Max(other => other.Version)}");
        }
    }

    // And the units on which its name is.
    private sealed record CopiedDirectory(string Path, Guid Gfid, IReadOnlyList<string> Units);

    private void Note(Action change)
    {
        lock (_lock)
        {
            change();
        }
    }
}

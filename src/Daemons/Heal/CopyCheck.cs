using KadaluFsd.Contract;
using KadaluFsd.Native;
using KadaluFsd.Storage;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// Compares the directories of all storage units of each group: finds differences that no index names. Directories that wait for
/// a heal are left out; those that change meanwhile are compared again.
/// </summary>
/// <param name="wait">Waits a moment before a directory is compared again.</param>
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

    /// <summary>The result so far. From any thread.</summary>
    internal CopyReport Report()
    {
        lock (_lock)
        {
            return new CopyReport(
                _isRunning, _directories, _waiting, _differenceCount, [.. _differences], [.. _unreachable], _failure);
        }
    }

    /// <summary>Compares all directories. Takes as long as reading them on all units.</summary>
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

    // Returns its subdirectories on any unit.
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

            // A single copy is compared with nothing.
            isCompared = listings.Length + lost.Count > 1;
            if (listings.Any(listing => listing.IsMarked))
            {
                Note(() => _waiting++);
                return Below(directory.Path, listings);
            }

            // A unit without that name is reported with the parent.
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

    // GlusterFS's own directories for what is being moved or removed.
    private static bool IsOwn(string name) => name.StartsWith(UnitDirectory.AnonymousPrefix, StringComparison.Ordinal);

    /// <summary>
    /// The differences in one directory. What most units have counts as right; without a majority, what exists.
    /// </summary>
    /// <returns>A difference for each unit and name that is wrong.</returns>
    internal static IEnumerable<CopyDifference> Differences(string group, string path, CopyListing[] listings)
    {
        IEnumerable<string> names = listings.SelectMany(listing => listing.Entries.Keys)
            .Where(name => !IsOwn(name)).Distinct().Order(StringComparer.Ordinal);
        foreach (string name in names)
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

        // Units of a disperse group count changes: a unit with another number has missed some.
        foreach (CopyListing listing in listings.Where(listing => listing.Version != listings.Max(other => other.Version)))
        {
            yield return new CopyDifference(
                group, path, listing.Unit, $"at version {listing.Version} instead of {listings.Max(other => other.Version)}");
        }
    }

    // And the units that have the name.
    private sealed record CopiedDirectory(string Path, Guid Gfid, IReadOnlyList<string> Units);

    private void Note(Action change)
    {
        lock (_lock)
        {
            change();
        }
    }
}

using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>
/// Goes through the names below a directory of a unit, in their order (<see cref="PathOrder"/>). Nothing is followed, whatever clients have made.
/// </summary>
/// <param name="directory">The unit's directory.</param>
/// <param name="cancellation">Ends it early.</param>
public sealed class FileWalk(string directory, CancellationToken cancellation)
{
    private static readonly string[] s_own = [HiddenDirectory.Name, UnitDirectory.LostAndFound];

    private readonly List<string> _problems = [];

    /// <summary>What could not be listed, and why.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>Lists them.</summary>
    /// <param name="from">Where to begin, names from the directory on: itself is the first.</param>
    /// <param name="after">The last one that is known already; null for none.</param>
    public IEnumerable<(string[] Names, long Size)> List(string[] from, string[]? after)
    {
        ArgumentNullException.ThrowIfNull(from);
        Errno error = ConfinedFile.Open(directory, from, out ConfinedFile? file);
        using (file)
        {
            if (file is null)
            {
                if (error != Errno.ENOENT)
                {
                    _problems.Add($"{Path.Join([directory, .. from])}: {error.Describe()}");
                }

                yield break;
            }

            if (after is null || PathOrder.Compare(from, after) > 0)
            {
                yield return (from, file.Facts.IsRegular ? file.Facts.Size : 0);
            }

            if (!file.Facts.IsDirectory)
            {
                yield break;
            }

            foreach (string name in ReadNames(file, from))
            {
                cancellation.ThrowIfCancellationRequested();

                // What is before the last known one was listed, with all that is in it.
                string[] path = [.. from, name];
                bool isKnown = after is not null && after.Length > from.Length &&
                    string.CompareOrdinal(name, after[from.Length]) < 0 && after.AsSpan(0, from.Length).SequenceEqual(from);
                foreach ((string[] Names, long Size) entry in isKnown ? [] : List(path, after))
                {
                    yield return entry;
                }
            }
        }
    }

    private string[] ReadNames(ConfinedFile file, string[] from)
    {
        try
        {
            string[] names =
            [
                .. Directory.EnumerateFileSystemEntries(file.Place).Select(path => Path.GetFileName(path))
                    .Where(name => from.Length > 0 || !IsOwn(name)),
            ];
            if (names.Any(name => name.Contains('\uFFFD', StringComparison.Ordinal)))
            {
                _problems.Add($"{Path.Join([directory, .. from])}: some names are not UTF-8, and what has them is not compared");
            }

            return [.. names.Where(name => !name.Contains('\uFFFD', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{Path.Join([directory, .. from])}: {exception.Message}");
            return [];
        }
    }

    private static bool IsOwn(string name) =>
        s_own.Contains(name) || name.StartsWith(UnitDirectory.AnonymousPrefix, StringComparison.Ordinal);
}

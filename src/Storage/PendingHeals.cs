using System.Buffers.Binary;
using KadaluFsd.Linux;
using Microsoft.Win32.SafeHandles;

namespace KadaluFsd.Storage;

/// <summary>
/// Counts the files of a unit that have to be healed, as features/index notes them: each is a hard link to one file in the
/// directory of its kind, so the link count is enough.
/// </summary>
/// <param name="isTieBreaker">Whether the unit holds the marks of a tie-breaker (features/thin-arbiter) instead of files.</param>
public sealed class PendingHeals(string directory, bool isTieBreaker)
{
    private const long SearchEveryMilliseconds = 600_000;
    private readonly Dictionary<string, (string[] Files, long At)> _bases = [];

    /// <summary>Counts. One call at a time.</summary>
    /// <returns>By kind: <c>xattrop</c> for files that differ from another unit's, <c>dirty</c> for those in the middle of a
    /// change, <c>interrupted</c> for directories that were in the middle of one when the unit ended and have not been compared
    /// with the other copies since; of a tie-breaker <c>marks</c>, the units whose copies are stale.</returns>
    public IReadOnlyDictionary<string, long> Count() => isTieBreaker
        ? new Dictionary<string, long> { ["marks"] = TieBreakerMarks.Count(directory) }
        : new Dictionary<string, long>
        {
            ["xattrop"] = Count("xattrop"),
            ["dirty"] = Count("dirty"),
            ["interrupted"] = CountInterrupted(),
        };

    // native/translators/recent/recent.h: eight bytes of magic, then the number. The translator logs a file that is something
    // else.
    private long CountInterrupted()
    {
        const ulong Most = 8192;
        string path = HiddenDirectory.PathIn(directory, HiddenDirectory.RecentChanges);
        Span<byte> start = stackalloc byte[16];
        try
        {
            if (FileStatus.ReadLink(path, out FileStatus status) != Errno.None || !status.IsRegular)
            {
                return 0;
            }

            using SafeFileHandle file =
                File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(file, start, 0) == start.Length && start.StartsWith("kadalu01"u8) &&
                BinaryPrimitives.ReadUInt64LittleEndian(start[8..]) is <= Most and var count ? (long)count : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private long Count(string kind)
    {
        try
        {
            // Zero is only trusted after a fresh listing: a restarted unit writes a new base file.
            long links = Links(kind);
            return links == 0 && _bases.Remove(kind) ? Links(kind) : links;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private long Links(string kind) =>
        Bases(kind).Sum(file => FileStatus.ReadLink(file, out FileStatus status) == Errno.None ? (long)status.Links - 1 : 0);

    // When a file has as many links as it can have, another one is made. A listing among a million links takes long, so it is
    // kept for a while.
    private string[] Bases(string kind)
    {
        if (!_bases.TryGetValue(kind, out (string[] Files, long At) found) || found.Files.Length == 0 ||
            Environment.TickCount64 - found.At > SearchEveryMilliseconds)
        {
            _bases[kind] =
                found =
                    ([.. Directory.EnumerateFiles(HiddenDirectory.PathIn(directory, HiddenDirectory.Indices, kind), kind + "-*")],
                        Environment.TickCount64);
        }

        return found.Files;
    }
}

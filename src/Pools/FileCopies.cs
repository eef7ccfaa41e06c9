using System.Buffers.Binary;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>The copies of one file that units of this node have, read from their directories. Nothing is followed, whatever clients have made.</summary>
/// <param name="node">This node.</param>
public sealed class FileCopies(ThisNode node)
{
    private const string Gfid = "trusted.gfid";
    private const string ClientTimes = "trusted.glusterfs.mdata";
    private const string Pointer = "trusted.glusterfs.dht.linkto";
    private const string Shards = "trusted.glusterfs.shard.block-size";

    // posix-metadata-disk.h: a version, flags, and three times of two numbers each, of which the second is that of the last change.
    private const int ClientTimesLength = 1 + 8 + (3 * 16);
    private const int ModifiedAt = 1 + 8 + 16;

    /// <summary>The names of a path from the root of a pool.</summary>
    /// <exception cref="CommandException">It is no such path.</exception>
    public static string[] Split(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return !path.StartsWith('/') || names.Any(name => name is "." or "..")
            ? throw new CommandException(
                ExitCode.Usage, $"\"{path}\" is no path from the top of the pool, such as /dir/file, without . and ..")
            : names is [HiddenDirectory.Name, ..] ? throw new CommandException(
                ExitCode.Usage, $"/{HiddenDirectory.Name} belongs to each unit alone, and is no part of the pool") : names;
    }

    /// <summary>Reads them.</summary>
    /// <param name="path">The path from the root of the pool.</param>
    /// <param name="cancellation">Ends the reading of contents.</param>
    /// <returns>One for each unit of this node, without a tie-breaker.</returns>
    /// <exception cref="CommandException">It is no such path.</exception>
    public FileCopy[] Read(Pool pool, string path, CancellationToken cancellation) =>
        Read(pool, path, ContentDigest.OfAll(), cancellation);

    /// <summary>Reads them, with checksums of a piece of each.</summary>
    /// <param name="path">The path from the root of the pool.</param>
    /// <param name="range">The piece.</param>
    /// <param name="pace">How fast contents are read.</param>
    /// <param name="cancellation">Ends the reading of contents.</param>
    /// <returns>One for each unit of this node, without a tie-breaker.</returns>
    /// <exception cref="CommandException">It is no such path.</exception>
    public FileCopy[] Read(Pool pool, string path, FileRange range, ReadPace pace, CancellationToken cancellation) =>
        Read(pool, path, new ContentDigest(range, pace), cancellation);

    private FileCopy[] Read(Pool pool, string path, ContentDigest digest, CancellationToken cancellation)
    {
        string[] names = Split(path);
        return [.. node.UnitsWithFilesOf(pool).Select(member => Read(pool, member, names, digest, cancellation))];
    }

    private static FileCopy Read(
        Pool pool, PoolMember member, string[] names, ContentDigest digest, CancellationToken cancellation)
    {
        PoolUnit unit = member.Unit;
        Errno error = ConfinedFile.Open(unit.Path, names, out ConfinedFile? file);
        using (file)
        {
            return file is not null ? new FileCopy(unit.Address, null, Describe(pool, member, file, digest, cancellation))
                : error == Errno.ENOENT && Directory.Exists(unit.Path) ? new FileCopy(unit.Address, null, null)
                : new FileCopy(
                    unit.Address, error switch
                    {
                        Errno.ENOENT => "its directory is missing",
                        Errno.ENOTDIR => "a name before the last one is no directory there",
                        Errno.EXDEV => "something else is mounted there",
                        _ => error.Describe(),
                    }, null);
        }
    }

    private static CopyFacts Describe(
        Pool pool, PoolMember member, ConfinedFile file, ContentDigest digest, CancellationToken cancellation)
    {
        FileFacts facts = file.Facts;
        bool isFragment = pool.Groups[member.Group].Kind == GroupKind.Disperse;
        bool isPointer = ExtendedAttribute.Find(file.Place, Pointer, 4096) is not null;
        (string? sha, string? note) = isPointer ? (null, "only says in which group the file is")
            : isFragment && facts.IsRegular ? (null, "a fragment: not like the others")
            : member.Role == UnitRole.Arbiter && facts.IsRegular ? (null, "an arbiter's: without contents")
            : digest.Compute(file, cancellation);
        if (note is null && facts.IsRegular && ExtendedAttribute.Find(file.Place, Shards, 8) is not null)
        {
            note = "the file is in shards, and this is the first one";
        }

        byte[]? times = ExtendedAttribute.Find(file.Place, ClientTimes, ClientTimesLength);
        bool isClientTime = times is { Length: ClientTimesLength };
        (long seconds, long nanoseconds) = isClientTime
            ? (BinaryPrimitives.ReadInt64BigEndian(times.AsSpan(ModifiedAt)),
                BinaryPrimitives.ReadInt64BigEndian(times.AsSpan(ModifiedAt + 8)))
            : (facts.Seconds, facts.Nanoseconds);
        return new CopyFacts(
            facts.IsRegular ? "file" : facts.IsDirectory ? "directory" : facts.IsLink ? "link" : "special", facts.Size,
            Time(seconds, nanoseconds), isClientTime, "0" + Convert.ToString(facts.Permissions, 8).PadLeft(3, '0'), facts.User,
            facts.Group,
            ExtendedAttribute.Find(file.Place, Gfid, 16) is { Length: 16 } gfid ? new Guid(gfid, bigEndian: true) : null, sha,
            note, isPointer, [.. FileMarks.Read(pool, file.Place)], isFragment ? FileMarks.ReadFragment(file.Place) : null,
            ClientAttributes.Digest(file.Place));
    }

    // Clients can set any time, also one that no calendar has.
    private static string Time(long seconds, long nanoseconds) =>
        seconds is >= -62135596800 and <= 253402300799 && nanoseconds is >= 0 and < 1_000_000_000
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{DateTimeOffset.FromUnixTimeSeconds(seconds):yyyy-MM-dd HH:mm:ss}.{nanoseconds:D9}Z")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds} s and {nanoseconds} ns after 1970");
}

using System.Globalization;
using System.Security.Cryptography;
using KadaluFsd.Linux;
using Microsoft.Win32.SafeHandles;

namespace KadaluFsd.Pools;

/// <summary>Where a piece of a file is.</summary>
/// <param name="From">Its first byte, from 0.</param>
/// <param name="Length">How many bytes it has, as far as there are so many.</param>
public sealed record FileRange(long From, long Length);

/// <summary>The checksum of a file's contents, read no faster than a disk can bear beside its clients.</summary>
/// <param name="range">Which piece of each file is read; null for all of files that are not very large.</param>
/// <param name="pace">How fast.</param>
internal sealed class ContentDigest(FileRange? range, ReadPace pace)
{
    private const long BytesPerSecond = 128L * 1024 * 1024;

    // What is read within a minute.
    private const long MaxSize = 60 * BytesPerSecond;
    private const int Piece = 1024 * 1024;

    /// <summary>That of whole files.</summary>
    internal static ContentDigest OfAll() => new(null, new ReadPace(BytesPerSecond));

    /// <summary>Computes it.</summary>
    /// <param name="file">The file; of a symbolic link, where it leads counts as contents.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The checksum, or why there is none; neither for what has no contents.</returns>
    internal (string? Sha256, string? Note) Compute(ConfinedFile file, CancellationToken cancellation)
    {
        if (file.Facts.IsLink)
        {
            return (file.ReadLink() is { } target ? Convert.ToHexStringLower(SHA256.HashData(target)) : null, null);
        }

        if (!file.Facts.IsRegular)
        {
            return (null, null);
        }

        if (range is null && file.Facts.Size > MaxSize)
        {
            return (null, string.Create(
                CultureInfo.InvariantCulture, $"no checksum: larger than {MaxSize / (1024 * 1024 * 1024.0):0.#} GiB"));
        }

        Errno error = file.OpenContents(out SafeFileHandle? contents);
        using (contents)
        {
            return contents is null ? (null, $"no checksum: {error.Describe()}") : Compute(contents, cancellation);
        }
    }

    private (string? Sha256, string? Note) Compute(SafeFileHandle contents, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[Piece];
        long at = range?.From ?? 0;

        // One that grows meanwhile would never end.
        long end = at + (range?.Length ?? MaxSize + 1);
        try
        {
            while (at < end &&
                RandomAccess.Read(contents, piece.AsSpan(0, (int)Math.Min(Piece, end - at)), at) is > 0 and int length)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(piece, 0, length);
                at += length;
                pace.Count(length, cancellation);
            }
        }
        catch (IOException exception)
        {
            return (null, $"no checksum: {exception.Message}");
        }

        return range is null && at > MaxSize ? (null, "no checksum: it grows")
            : (Convert.ToHexStringLower(hash.GetHashAndReset()), null);
    }
}

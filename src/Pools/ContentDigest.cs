using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using KadaluFsd.Linux;
using Microsoft.Win32.SafeHandles;

namespace KadaluFsd.Pools;

/// <summary>The checksum of a file's contents, read no faster than a disk can bear beside its clients.</summary>
internal static class ContentDigest
{
    private const long BytesPerSecond = 128L * 1024 * 1024;

    // What is read within a minute.
    private const long MaxSize = 60 * BytesPerSecond;
    private const int Piece = 1024 * 1024;

    /// <summary>Computes it.</summary>
    /// <param name="file">The file; of a symbolic link, where it leads counts as contents.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The checksum, or why there is none; neither for what has no contents.</returns>
    internal static (string? Sha256, string? Note) Compute(ConfinedFile file, CancellationToken cancellation)
    {
        if (file.Facts.IsLink)
        {
            return (file.ReadLink() is { } target ? Convert.ToHexStringLower(SHA256.HashData(target)) : null, null);
        }

        if (!file.Facts.IsRegular)
        {
            return (null, null);
        }

        if (file.Facts.Size > MaxSize)
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

    private static (string? Sha256, string? Note) Compute(SafeFileHandle contents, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[Piece];
        long at = 0;
        var begun = Stopwatch.StartNew();
        try
        {
            // One that grows meanwhile would never end.
            while (at <= MaxSize && RandomAccess.Read(contents, piece, at) is > 0 and int length)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(piece, 0, length);
                at += length;
                TimeSpan early = TimeSpan.FromSeconds(at / (double)BytesPerSecond) - begun.Elapsed;
                if (early > TimeSpan.FromMilliseconds(20))
                {
                    Thread.Sleep(early);
                }
            }
        }
        catch (IOException exception)
        {
            return (null, $"no checksum: {exception.Message}");
        }

        return at > MaxSize ? (null, "no checksum: it grows") : (Convert.ToHexStringLower(hash.GetHashAndReset()), null);
    }
}

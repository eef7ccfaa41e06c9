using System.Security.Cryptography;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools;

/// <summary>
/// Remembers for a moment that graphs came up: they are tried when a change is checked, and need not be tried again when all nodes have agreed and it is
/// made.
/// </summary>
/// <param name="paths">Where that is noted.</param>
public sealed class TriedGraphs(PoolPaths paths)
{
    // Installed translators, certificates and what else graphs need may change.
    private static readonly TimeSpan s_goodFor = TimeSpan.FromMinutes(2);

    /// <summary>Whether the same graphs came up just before. Asked once: then they count as not tried.</summary>
    /// <param name="texts">Their volfiles by description.</param>
    public bool Take(IEnumerable<KeyValuePair<string, string>> texts)
    {
        try
        {
            TimeSpan age = DateTime.UtcNow - File.GetLastWriteTimeUtc(paths.TriedGraphs);
            bool isGood = File.Exists(paths.TriedGraphs) && age >= TimeSpan.Zero && age < s_goodFor &&
                BoundedFile.Read(paths.TriedGraphs, SHA256.HashSizeInBytes).AsSpan().SequenceEqual(DigestOf(texts));
            if (isGood)
            {
                File.Delete(paths.TriedGraphs);
            }

            return isGood;
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            // They are tried, then.
            return false;
        }
    }

    /// <summary>Notes that graphs came up.</summary>
    /// <param name="texts">Their volfiles by description.</param>
    public void Note(IEnumerable<KeyValuePair<string, string>> texts)
    {
        try
        {
            OwnFiles.Put(paths.TriedGraphs, DigestOf(texts), FileModes.Secret);
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            // They are tried again, then.
        }
    }

    // Another version of this program tries them again.
    private static byte[] DigestOf(IEnumerable<KeyValuePair<string, string>> texts) => SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\0', texts.SelectMany(text => new[] { text.Key, text.Value }).Prepend(ProgramVersion.Text))));
}

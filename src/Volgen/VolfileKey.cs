using System.Buffers;
using System.Text;

namespace KadaluFsd.Volgen;

/// <summary>The name under which a volfile is fetched.</summary>
/// <remarks>
/// As sent, a key may stand behind a slash (mount.glusterfs) and behind one of two words that glusterd knows: <c>client/pool1</c>
/// is <c>pool1</c>, and <c>shd/pool1</c>, the heal daemon's, is what Kadalu calls <c>shd.pool1</c>.
/// </remarks>
public static class VolfileKey
{
    /// <summary>Longest legal key in characters: with <c>.vol</c> it must fit into a file name.</summary>
    public const int MaxLength = 251;

    /// <summary>Longest legal key as sent, in bytes.</summary>
    public const int MaxSent = 1 + ClientPrefixLength + MaxLength;

    private const int ClientPrefixLength = 7;

    private static readonly SearchValues<char> s_legal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>Brings a key as sent to the form that names a file.</summary>
    /// <param name="sent">The key as sent.</param>
    /// <param name="room">Holds the key afterwards; at least <see cref="MaxSent"/> characters.</param>
    /// <param name="key">The key, a part of <paramref name="room"/>.</param>
    /// <returns>False where it is not a legal key: never a path, never a hidden name.</returns>
    public static bool TryNormalise(ReadOnlySpan<byte> sent, Span<char> room, out ReadOnlySpan<char> key)
    {
        key = default;
        return sent.Length <= MaxSent &&
            Ascii.ToUtf16(sent, room, out int length) == OperationStatus.Done && TryNormalise(room[..length], out key);
    }

    /// <summary>Brings a key as sent to the form that names a file.</summary>
    /// <param name="sent">The key as sent.</param>
    /// <param name="key">The key; what it is where it is not legal means nothing.</param>
    /// <returns>False where it is not a legal key.</returns>
    public static bool TryNormalise(ReadOnlySpan<char> sent, out string key)
    {
        Span<char> room = stackalloc char[MaxSent];
        bool isLegal = sent.TryCopyTo(room) & TryNormalise(room[..Math.Min(sent.Length, MaxSent)], out ReadOnlySpan<char> normal);
        key = normal.ToString();
        return isLegal;
    }

    /// <summary>A key without what <c>mount.glusterfs -o transport=</c> adds to a pool's name.</summary>
    /// <returns>The pool's name; empty where the key has no such ending.</returns>
    public static ReadOnlySpan<char> WithoutTransport(ReadOnlySpan<char> key) =>
        key.EndsWith(".tcp") ? key[..^".tcp".Length] : key.EndsWith(".unix") ? key[..^".unix".Length] : default;

    private static bool TryNormalise(Span<char> text, out ReadOnlySpan<char> key)
    {
        if (text.StartsWith("/"))
        {
            text = text[1..];
        }

        if (text.StartsWith("client/"))
        {
            text = text[ClientPrefixLength..];
        }
        else if (text.StartsWith("shd/"))
        {
            text["shd".Length] = '.';
        }

        key = text;
        return text.Length is > 0 and <= MaxLength && text[0] != '.' && !text.ContainsAnyExcept(s_legal) && key.IndexOf("..") < 0;
    }
}

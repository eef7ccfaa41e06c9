using System.Buffers;
using System.Text;

namespace KadaluFsd.Volgen;

/// <summary>The key of a volfile, by which it is fetched.</summary>
/// <remarks>
/// A key may be sent with a slash before it (mount.glusterfs), or with one of two words that glusterd knows: <c>client/pool1</c>
/// is <c>pool1</c>, and <c>shd/pool1</c>, a self-heal daemon's, is Kadalu's <c>shd.pool1</c>.
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

    /// <summary>Converts a key as sent to the form that names a file.</summary>
    /// <param name="sent">The key as sent.</param>
    /// <param name="room">Holds the key afterwards; at least <see cref="MaxSent"/> characters.</param>
    /// <param name="key">The key, a part of <paramref name="room"/>.</param>
    /// <returns>False for an illegal key; a legal one is never a path or a hidden name.</returns>
    public static bool TryNormalise(ReadOnlySpan<byte> sent, Span<char> room, out ReadOnlySpan<char> key)
    {
        key = default;
        return sent.Length <= MaxSent &&
            Ascii.ToUtf16(sent, room, out int length) == OperationStatus.Done && TryNormalise(room[..length], out key);
    }

    /// <summary>Converts a key as sent to the form that names a file.</summary>
    /// <param name="sent">The key as sent.</param>
    /// <param name="key">The key; undefined on failure.</param>
    /// <returns>False for an illegal key.</returns>
    public static bool TryNormalise(ReadOnlySpan<char> sent, out string key)
    {
        Span<char> room = stackalloc char[MaxSent];
        bool isLegal = sent.TryCopyTo(room) & TryNormalise(room[..Math.Min(sent.Length, MaxSent)], out ReadOnlySpan<char> normal);
        key = normal.ToString();
        return isLegal;
    }

    /// <summary>Removes what <c>mount.glusterfs -o transport=</c> adds to a pool's name.</summary>
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

using System.Buffers;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>The name under which a volfile is fetched.</summary>
internal static class VolfileKey
{
    /// <summary>Longest legal key in characters: with <c>.vol</c> it must fit into a file name.</summary>
    internal const int MaxLength = 251;

    private static readonly SearchValues<char> s_legal =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>Brings a key as sent to the form that names a file.</summary>
    /// <param name="sent">The key as sent; mount.glusterfs puts a slash before it, libgfapi does not.</param>
    /// <param name="key">The key without that slash.</param>
    /// <returns>False where it is not a legal key: never a path, never a hidden name.</returns>
    internal static bool TryNormalise(string sent, out string key)
    {
        key = sent.StartsWith('/') ? sent[1..] : sent;
        return key.Length is > 0 and <= MaxLength && key[0] != '.' && !key.AsSpan().ContainsAnyExcept(s_legal) &&
            !key.Contains("..", StringComparison.Ordinal);
    }
}

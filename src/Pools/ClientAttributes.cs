using System.Security.Cryptography;
using System.Text;
using KadaluFsd.Linux;

namespace KadaluFsd.Pools;

/// <summary>The extended attributes of a copy that are the same on all units: those that clients have set, and access lists.</summary>
internal static class ClientAttributes
{
    private const int MaxValue = 64 * 1024;

    // Labels of SELinux are each node's own.
    private static readonly string[] s_names =
        ["user.", "security.capability", "security.NTACL", "system.posix_acl_access", "system.posix_acl_default"];

    /// <summary>A checksum of their names and values.</summary>
    /// <param name="path">The copy.</param>
    /// <returns>Null where they cannot be read.</returns>
    internal static string? Digest(string path)
    {
        if (ExtendedAttribute.List(path, out string[] all) != Errno.None)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<string> theirs = all.Where(name => s_names.Any(known => name.StartsWith(known, StringComparison.Ordinal)));
        foreach (string name in theirs.Order(StringComparer.Ordinal))
        {
            byte[] value = ExtendedAttribute.Find(path, name, MaxValue) ?? [];
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData([0, .. BitConverter.GetBytes(value.Length)]);
            hash.AppendData(value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Cluster.Identity;

/// <summary>
/// What a node needs to join a cluster, as a person pastes it: <c>HOST:PORT/TEXT</c>. TEXT is, in base64url (RFC 4648), a secret that can be used once and
/// the digest of the authority's certificate: with it the node knows whom it joins before it says the secret.
/// </summary>
/// <param name="Host">A name or an address of the manager.</param>
/// <param name="Port">Its port, 1 to 65535.</param>
/// <param name="Secret">16 bytes.</param>
/// <param name="AuthorityDigest">32 bytes: <see cref="ClusterTrust.Digest"/>.</param>
public sealed record JoinToken(string Host, int Port, ReadOnlyMemory<byte> Secret, ReadOnlyMemory<byte> AuthorityDigest)
{
    /// <summary>Bytes of a secret.</summary>
    public const int SecretBytes = 16;

    private const int MaxLength = 400;

    /// <summary>Makes a token with a new secret.</summary>
    /// <param name="host">A name or an address of the manager.</param>
    /// <param name="port">Its port.</param>
    /// <param name="trust">The authority.</param>
    public static JoinToken Create(string host, int port, ClusterTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        return new JoinToken(host, port, RandomNumberGenerator.GetBytes(SecretBytes), trust.Digest);
    }

    /// <summary>Reads a token.</summary>
    /// <exception cref="IdentityException">It is none.</exception>
    public static JoinToken Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string given = text.Trim();
        int slash = given.IndexOf('/', StringComparison.Ordinal);
        int colon = slash < 0 || given.Length > MaxLength ? -1 : given.LastIndexOf(':', slash);
        if (colon < 0)
        {
            throw Bad();
        }

        string host = given[..colon].TrimStart('[').TrimEnd(']');
        Span<byte> bytes = stackalloc byte[SecretBytes + ClusterTrust.DigestBytes];
        return PoolRules.IsHost(host) &&
            int.TryParse(given[(colon + 1)..slash], NumberStyles.None, CultureInfo.InvariantCulture, out int port) &&
            port is > 0 and <= ushort.MaxValue &&
            Base64Url.DecodeFromChars(given.AsSpan(slash + 1), bytes, out _, out int length) == OperationStatus.Done &&
            length == bytes.Length
            ? new JoinToken(host, port, bytes[..SecretBytes].ToArray(), bytes[SecretBytes..].ToArray())
            : throw Bad();
    }

    /// <summary>The text that people paste.</summary>
    public override string ToString()
    {
        string text = Base64Url.EncodeToString([.. Secret.Span, .. AuthorityDigest.Span]);
        return $"{GlusterAddress.WithPort(Host, Port)}/{text}";
    }

    /// <summary>What the manager keeps instead of the secret.</summary>
    /// <returns>SHA-256 of the secret, in hexadecimal digits.</returns>
    public string DigestOfSecret() => Convert.ToHexStringLower(SHA256.HashData(Secret.Span));

    private static IdentityException Bad() => new("this is no join token: kadalu node token prints one, HOST:PORT/TEXT");
}

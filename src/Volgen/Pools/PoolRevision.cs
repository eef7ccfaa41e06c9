using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace KadaluFsd.Volgen.Pools;

/// <summary>The revision of a pool's definition that something was made of.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Revision">The revision, on the node that made it.</param>
/// <param name="Digest">The digest, see <see cref="DigestOf"/>.</param>
public sealed partial record PoolRevision(string Pool, int Revision, string Digest)
{
    private const int DigestBytes = 8;

    /// <summary>The comment line at the top of a volfile.</summary>
    /// <returns>The line with its end.</returns>
    public string ToComment() =>
        string.Create(CultureInfo.InvariantCulture, $"# definition of {Pool}: revision {Revision}, digest {Digest}\n");

    /// <summary>The current revision of a pool.</summary>
    /// <returns>The revision; null for a pool that was never saved.</returns>
    public static PoolRevision? Of(Pool pool) =>
        pool.Revision > 0 ? new PoolRevision(pool.Name, pool.Revision, DigestOf(pool)) : null;

    /// <summary>
    /// A digest of what must be the same on every node of a pool: the first 64 bits of SHA-256, in hexadecimal. It leaves out
    /// what nodes fill in themselves (their ids), the revision, and the password, which it might help to guess.
    /// </summary>
    /// <returns>16 digits.</returns>
    public static string DigestOf(Pool pool)
    {
        Pool shared = pool.SelectUnits(unit => unit with { Node = unit.Node with { Id = "" } }) with
        {
            Revision = 0,
            Credentials = pool.Credentials is { } credentials ? credentials with { Password = "" } : null,
        };
        return Convert.ToHexStringLower(SHA256.HashData(PoolDocument.Write(shared))[..DigestBytes]);
    }

    /// <summary>Reads the comment line of a volfile.</summary>
    /// <returns>The revision; null where there is none.</returns>
    public static PoolRevision? Find(Volfile volfile)
    {
        Match match = Line().Match(volfile.Volumes[0].Preamble);
        return match.Success &&
            int.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int revision)
            ? new PoolRevision(match.Groups[1].Value, revision, match.Groups[3].Value)
            : null;
    }

    [GeneratedRegex("^# definition of ([A-Za-z0-9_-]+): revision ([0-9]+), digest ([0-9a-f]{16})$", RegexOptions.Multiline)]
    private static partial Regex Line();
}

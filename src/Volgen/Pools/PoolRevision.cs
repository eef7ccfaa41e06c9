using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace KadaluFsd.Volgen.Pools;

/// <summary>Which state of a pool's definition something was made of.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Revision">How often the definition had been changed on the node that made it.</param>
/// <param name="Digest">Of what it said, see <see cref="DigestOf"/>.</param>
public sealed partial record PoolRevision(string Pool, int Revision, string Digest)
{
    private const int DigestBytes = 8;

    /// <summary>A line for the top of a volfile, where it is a comment.</summary>
    /// <returns>The line, with its end.</returns>
    public string ToComment() =>
        string.Create(CultureInfo.InvariantCulture, $"# definition of {Pool}: revision {Revision}, digest {Digest}\n");

    /// <summary>The state that a pool is in.</summary>
    /// <returns>Its state; null for one that nobody has kept yet.</returns>
    public static PoolRevision? Of(Pool pool) =>
        pool.Revision > 0 ? new PoolRevision(pool.Name, pool.Revision, DigestOf(pool)) : null;

    /// <summary>
    /// A digest of what must be the same on every node of a pool: the first 64 bits of SHA-256, in hexadecimal. What nodes fill
    /// in for themselves (their ids) is not in it, nor how often the definition was changed, nor the password, which it might
    /// help to guess.
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

    /// <summary>Reads the comment of a volfile.</summary>
    /// <returns>What it was made of; null where it does not say.</returns>
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

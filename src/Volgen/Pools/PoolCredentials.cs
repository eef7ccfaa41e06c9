using System.Security.Cryptography;

namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// What a pool's own clients tell its units, so that they are let in whatever <c>auth.allow</c> says (auth/login): self-heal
/// daemons, clients that rebalance, those that look for what is to be healed. The first two act as root also where
/// <c>server.root-squash</c> is on. Over TLS the name in the certificate counts instead.
/// </summary>
/// <param name="UserName">A name: letters, digits and "-".</param>
/// <param name="Password">The same.</param>
public sealed record PoolCredentials(string UserName, string Password)
{
    private const int PasswordBytes = 32;

    /// <summary>Makes new ones.</summary>
    /// <returns>A name and a password that nobody can guess.</returns>
    public static PoolCredentials Create() =>
        new(Guid.NewGuid().ToString(), RandomNumberGenerator.GetHexString(PasswordBytes * 2, lowercase: true));
}

using System.Security.Cryptography;

namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// The credentials of a pool's own clients, by which units admit them whatever <c>auth.allow</c> says (auth/login): self-heal
/// daemons, rebalance, heal commands. The first two act as root even with <c>server.root-squash</c>. Over TLS the name in the
/// certificate counts instead.
/// </summary>
/// <param name="UserName">A name: letters, digits and "-".</param>
/// <param name="Password">The same.</param>
public sealed record PoolCredentials(string UserName, string Password)
{
    private const int PasswordBytes = 32;

    /// <summary>Generates new ones.</summary>
    /// <returns>A random name and password.</returns>
    public static PoolCredentials Create() =>
        new(Guid.NewGuid().ToString(), RandomNumberGenerator.GetHexString(PasswordBytes * 2, lowercase: true));
}

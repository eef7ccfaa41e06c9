namespace KadaluFsd.Cluster.Identity;

/// <summary>A certificate, a key or a token cannot be used.</summary>
/// <param name="message">The reason, as a clause.</param>
public sealed class IdentityException(string message) : Exception(message);

namespace KadaluFsd.Cluster.Identity;

/// <summary>A certificate, a key or a token cannot be used.</summary>
/// <param name="message">The reason, as a clause.</param>
public sealed class IdentityException(string message) : Exception(message)
{
    /// <summary>The same for the one whose certificate it is, who has another clock perhaps.</summary>
    public string ForHolder { get; init; } = message;
}

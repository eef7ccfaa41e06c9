using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>A storage unit that a self-heal daemon is a client of.</summary>
/// <param name="Volume">The volume that stands for it.</param>
/// <param name="Host">Its host.</param>
/// <param name="Path">Its directory.</param>
/// <param name="Group">The volume that heals it, together with the others of its group.</param>
/// <param name="IsConnected">Whether it is there.</param>
public sealed record HealedUnitStatus(string Volume, string Host, string Path, string Group, bool IsConnected)
{
    /// <summary>What people call it.</summary>
    [JsonIgnore]
    public string Address => $"{Host}:{Path}";

    /// <summary>What there is to say of one that is not there.</summary>
    [JsonIgnore]
    public string Problem => $"{Address} is not connected";
}

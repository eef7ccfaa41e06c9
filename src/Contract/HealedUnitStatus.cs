using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>A storage unit as a self-heal daemon sees it.</summary>
/// <param name="Volume">Its <c>protocol/client</c> volume.</param>
/// <param name="Host">Its host.</param>
/// <param name="Path">Its directory.</param>
/// <param name="Group">The <c>cluster</c> volume of its group.</param>
/// <param name="IsConnected">Whether it is connected.</param>
public sealed record HealedUnitStatus(string Volume, string Host, string Path, string Group, bool IsConnected)
{
    /// <summary><c>HOST:PATH</c>.</summary>
    [JsonIgnore]
    public string Address => $"{Host}:{Path}";

    /// <summary>The reason text for a unit that is not connected.</summary>
    [JsonIgnore]
    public string Problem => $"{Address} is not connected";
}

using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>Which copy is the right one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SplitBrainPolicy>))]
public enum SplitBrainPolicy
{
    /// <summary>The copy of a unit.</summary>
    Source,

    /// <summary>The copy that was changed last.</summary>
    LatestMtime,

    /// <summary>The biggest copy.</summary>
    BiggerFile,
}

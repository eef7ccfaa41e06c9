using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Volgen.Json;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>A graph document in JSON; see kadalu-graphs(5).</summary>
internal sealed record GraphForm : KnownMembers
{
    public LayerForm?[]? Layers { get; init; }
}

/// <summary>A layer.</summary>
internal sealed record LayerForm : KnownMembers
{
    public string? Each { get; init; }

    public string? Name { get; init; }

    public string? Type { get; init; }

    [JsonConverter(typeof(ConditionConverter))]
    public GraphCondition? When { get; init; }

    public string? Switch { get; init; }

    public string? Setting { get; init; }

    public bool? Off { get; init; }

    public OrderedDictionary<string, OptionValues>? Options { get; init; }
}

/// <summary>A value of an option, with the condition under which it is set.</summary>
internal sealed record ValueForm : KnownMembers
{
    public string? Value { get; init; }

    [JsonConverter(typeof(ConditionConverter))]
    public GraphCondition? When { get; init; }
}

/// <summary>The values of an option: of a text, of an object with value and condition, or of a list of those.</summary>
[JsonConverter(typeof(OptionValuesConverter))]
internal sealed record OptionValues(ValueForm?[] All);

/// <summary>An overlay; see kadalu-graphs(5).</summary>
internal sealed record OverlayForm : KnownMembers
{
    public string? Graph { get; init; }

    public ChangeForm?[]? Changes { get; init; }
}

/// <summary>A change of an overlay.</summary>
internal sealed record ChangeForm : KnownMembers
{
    public LayerForm? Insert { get; init; }

    public string? Above { get; init; }

    public string? Below { get; init; }

    public string? Remove { get; init; }

    public string? Set { get; init; }

    public OrderedDictionary<string, OptionValues>? Options { get; init; }
}

/// <summary>An object that is not to have members that mean nothing.</summary>
internal abstract record KnownMembers
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>How forms are read. Comments, and commas behind the last member, are no mistakes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true, AllowDuplicateProperties = false,
    MaxDepth = 16, Converters = [typeof(TextConverter), typeof(TruthConverter)])]
[JsonSerializable(typeof(GraphForm))]
[JsonSerializable(typeof(OverlayForm))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(ValueForm[]))]
internal sealed partial class GraphFormJson : JsonSerializerContext;

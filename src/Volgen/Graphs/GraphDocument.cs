using System.Collections.Immutable;
using System.Text.Json;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// A kind of graph as data: its layers from the bottom up, with the conditions under which they are there. The program's own are
/// JSON files in <c>Graphs/data</c>; whoever wants others changes them with a <see cref="GraphOverlay"/>.
/// </summary>
/// <param name="Name">What it is called, such as <c>client</c>.</param>
/// <param name="Layers">The layers.</param>
public sealed record GraphDocument(string Name, ImmutableArray<GraphLayer> Layers)
{
    /// <summary>What clients load: mounts, libgfapi, NFS-Ganesha.</summary>
    public const string Client = "client";

    /// <summary>What a storage unit loads.</summary>
    public const string Unit = "unit";

    /// <summary>What a self-heal daemon loads.</summary>
    public const string HealDaemon = "heal-daemon";

    /// <summary>What a client that moves files between groups loads.</summary>
    public const string Rebalance = "rebalance";

    private static readonly JsonDocumentOptions s_reading =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Names of the kinds there are.</summary>
    public static ImmutableArray<string> Kinds { get; } = [Client, Unit, HealDaemon, Rebalance];

    /// <summary>The program's own document of a kind.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <returns>The document.</returns>
    public static GraphDocument Default(string kind)
    {
        using Stream stream = typeof(GraphDocument).Assembly.GetManifestResourceStream($"graphs/{kind}.json")
            ?? throw new ArgumentException($"there is no graph \"{kind}\"", nameof(kind));
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Parse(kind, bytes.ToArray());
    }

    /// <summary>Reads a document.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="json">Its text, UTF-8.</param>
    /// <returns>The document.</returns>
    /// <exception cref="GraphDocumentException">It is none; says where, and why.</exception>
    public static GraphDocument Parse(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_reading);
            return new GraphDocument(name,
                [
                    .. Member(document.RootElement, "layers", JsonValueKind.Array, name)
                    .EnumerateArray().Select((layer, index) => ReadLayer(layer, $"{name}: layers[{index}]"))]).Checked();
        }
        catch (JsonException exception)
        {
            throw new GraphDocumentException($"{name}: line {exception.LineNumber + 1}", "not JSON");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
            throw new GraphDocumentException(name, "a text in it is not a text");
        }
    }

    /// <summary>Reads one layer.</summary>
    /// <param name="layer">Its object.</param>
    /// <param name="place">Where it stands; for the error.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="GraphDocumentException">It is none; says why.</exception>
    internal static GraphLayer ReadLayer(JsonElement layer, string place)
    {
        OnlyMembers(layer, place, "each", "name", "type", "when", "switch", "off", "options");
        string type = Text(layer, "type", place);
        if (!GraphIntegrity.IsType(type))
        {
            throw new GraphDocumentException(
                place, $"\"{type}\" is not a translator's type, which is of the form cluster/replicate");
        }

        return new GraphLayer(Text(layer, "name", place), type, ReadScope(layer, place))
        {
            When = ReadCondition(layer, place),
            Switch = layer.TryGetProperty("switch", out _) ? Text(layer, "switch", place) : null,
            IsOff = layer.TryGetProperty("off", out JsonElement off) && off.ValueKind == JsonValueKind.True,
            Options = layer.TryGetProperty("options", out _) ? ReadOptions(layer, place) : [],
        };
    }

    /// <summary>Reads a layer's options.</summary>
    /// <param name="layer">The object that has them.</param>
    /// <param name="place">Where it stands; for the error.</param>
    /// <returns>The options; one whose value is null has an empty value.</returns>
    /// <exception cref="GraphDocumentException">One is none; says which, and why.</exception>
    internal static ImmutableArray<GraphOption> ReadOptions(JsonElement layer, string place) =>
        [.. Member(layer, "options", JsonValueKind.Object, place).EnumerateObject()
            .SelectMany(option => ReadOption(option, $"{place}.options.{option.Name}"))];

    /// <summary>Checks that an object has only members that mean something.</summary>
    /// <param name="element">The object.</param>
    /// <param name="place">Where it stands; for the error.</param>
    /// <param name="names">The names that do.</param>
    /// <exception cref="GraphDocumentException">It has another one, or is no object.</exception>
    internal static void OnlyMembers(JsonElement element, string place, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new GraphDocumentException(place, "not an object");
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                throw new GraphDocumentException(place, $"\"{member.Name}\" is none of {string.Join(", ", names.ToArray())}");
            }
        }
    }

    /// <summary>A member that is a text.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="place">Where it stands; for the error.</param>
    /// <returns>The text.</returns>
    /// <exception cref="GraphDocumentException">It is missing, empty, or something else.</exception>
    internal static string Text(JsonElement element, string name, string place) =>
        element.TryGetProperty(name, out JsonElement text) &&
        text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } value
            ? value
            : throw new GraphDocumentException(place, $"\"{name}\" is not a text");

    /// <summary>Checks what one layer cannot know of the others.</summary>
    /// <returns>This document.</returns>
    /// <exception cref="GraphDocumentException">They do not fit together.</exception>
    internal GraphDocument Checked()
    {
        for (int index = 1; index < Layers.Length; index++)
        {
            if (Layers[index].Scope < Layers[index - 1].Scope)
            {
                throw new GraphDocumentException(
                    $"{Name}: {Layers[index].Name}",
                    $"a layer for each {Layers[index].Scope} stands above one for each {Layers[index - 1].Scope}");
            }
        }

        return Layers.IsEmpty ? throw new GraphDocumentException(Name, "no layers in it") : this;
    }

    private static GraphScope ReadScope(JsonElement layer, string place) =>
        layer.TryGetProperty("each", out _) ? Text(layer, "each", place) switch
        {
            "unit" => GraphScope.Unit,
            "tie-breaker" => GraphScope.TieBreaker,
            "group" => GraphScope.Group,
            "pool" => GraphScope.Pool,
            string other => throw new GraphDocumentException(place, $"\"{other}\" is none of unit, tie-breaker, group, pool"),
        }
    : GraphScope.Pool;

    private static GraphCondition ReadCondition(JsonElement element, string place) =>
        !element.TryGetProperty("when", out JsonElement when)
        ? GraphCondition.Always
        : when.ValueKind == JsonValueKind.String
            ? GraphCondition.Parse(when.GetString()!)
            : when.ValueKind == JsonValueKind.Array && when.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? GraphCondition.Parse(when.EnumerateArray().Select(item => item.GetString()!))
                : throw new GraphDocumentException(place, "\"when\" is neither a text nor a list of texts");

    // One value, one with a condition, or a list of those.
    private static IEnumerable<GraphOption> ReadOption(JsonProperty option, string place) => option.Value.ValueKind switch
    {
        JsonValueKind.String => [new GraphOption(option.Name, option.Value.GetString()!, GraphCondition.Always)],
        JsonValueKind.Null => [new GraphOption(option.Name, "", GraphCondition.Always)],
        JsonValueKind.Object => [ReadConditional(option.Name, option.Value, place)],
        JsonValueKind.Array => option.Value.EnumerateArray().Select(value => ReadConditional(option.Name, value, place)),
        _ => throw new GraphDocumentException(place, "neither a text nor an object with \"value\" and \"when\""),
    };

    private static GraphOption ReadConditional(string key, JsonElement element, string place)
    {
        OnlyMembers(element, place, "value", "when");
        return new GraphOption(key, Text(element, "value", place), ReadCondition(element, place));
    }

    private static JsonElement Member(JsonElement element, string name, JsonValueKind kind, string place) =>
        element.ValueKind == JsonValueKind.Object &&
        element.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind
            ? member
            : throw new GraphDocumentException(
                place, $"\"{name}\" is not {(kind == JsonValueKind.Array ? "a list" : "an object")}");
}

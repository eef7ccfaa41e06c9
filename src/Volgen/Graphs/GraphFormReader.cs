using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Volgen.Json;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>Reads graph documents and overlays, and makes layers of what they have.</summary>
internal static class GraphFormReader
{
    /// <summary>Reads a document.</summary>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="json">The document, UTF-8.</param>
    /// <exception cref="GraphDocumentException">It is not of that form; says where.</exception>
    internal static T Read<T>(string name, ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : KnownMembers
    {
        try
        {
            return Check(JsonSerializer.Deserialize(json, type), type, name);
        }
        catch (JsonException exception)
        {
            throw new GraphDocumentException(name, JsonFault.Explain(exception, "it", "layers", "changes"));
        }
    }

    /// <summary>Checks that an object is there and has no unknown members.</summary>
    /// <param name="place">Its place in the document.</param>
    /// <exception cref="GraphDocumentException">It is not, or has one.</exception>
    internal static T Check<T>(T? form, JsonTypeInfo<T> type, string place)
        where T : KnownMembers
    {
        if (form is null)
        {
            throw new GraphDocumentException(place, "not an object");
        }

        return form.Unknown?.Keys.FirstOrDefault() is not { } unknown ? form : throw new GraphDocumentException(
            place,
            $"\"{unknown}\" is none of " +
            string.Join(", ", type.Properties.Where(member => !member.IsExtensionData).Select(member => member.Name)));
    }

    /// <summary>Checks that a text is there and is not empty.</summary>
    /// <param name="name">The name of the member that has it.</param>
    /// <param name="place">The place of the object that has it.</param>
    /// <exception cref="GraphDocumentException">It is not.</exception>
    internal static string Text(string? text, string name, string place) =>
        !string.IsNullOrEmpty(text) ? text : throw new GraphDocumentException(place, $"\"{name}\" is not a text");

    /// <summary>Makes a layer of its form.</summary>
    /// <param name="place">Its place in the document.</param>
    /// <exception cref="GraphDocumentException">It is none; says why.</exception>
    internal static GraphLayer ToLayer(LayerForm? form, string place)
    {
        LayerForm layer = Check(form, GraphFormJson.Default.LayerForm, place);
        string type = Text(layer.Type, "type", place);
        if (!GraphIntegrity.IsType(type))
        {
            throw new GraphDocumentException(
                place, $"\"{type}\" is not a translator's type, which is of the form cluster/replicate");
        }

        return new GraphLayer(Text(layer.Name, "name", place), type, ToScope(layer.Each, place))
        {
            When = ToCondition(layer.When, place),
            Switch = layer.Switch is null ? null : Text(layer.Switch, "switch", place),
            Setting = ToSetting(layer, place),
            IsOff = layer.Off ?? false,
            Options = ToOptions(layer.Options ?? [], place),
        };
    }

    /// <summary>Makes options of their form. One without values has an empty one.</summary>
    /// <param name="place">The place of the object that has them.</param>
    /// <exception cref="GraphDocumentException">One is none; says which, and why.</exception>
    internal static ImmutableArray<GraphOption> ToOptions(OrderedDictionary<string, OptionValues> options, string place) =>
        [.. options.SelectMany(option => option.Value.All.Length == 0
            ? [new GraphOption(option.Key, "", GraphCondition.Always)]
            : option.Value.All.Select(value => ToOption(option.Key, value, $"{place}.options.{option.Key}")))];

    private static LayerSetting? ToSetting(LayerForm layer, string place) =>
        layer.Setting is null ? null
            : layer.Switch is null ? throw new GraphDocumentException(place, "\"setting\" without \"switch\"")
            : Text(layer.Setting.TrimStart('!'), "setting", place) is var key && layer.Setting.Length - key.Length < 2
                ? new LayerSetting(key, layer.Setting[0] == '!')
            : throw new GraphDocumentException(place, $"\"{layer.Setting}\" has more than one !");

    private static GraphCondition ToCondition(GraphCondition? condition, string place) =>
        condition is null ? GraphCondition.Always
            : condition.FindUnknown() is { } unknown ? throw new GraphDocumentException(
                place, $"\"{unknown}\" is none of the facts of conditions: {string.Join(", ", GraphCondition.Facts.Order())}")
            : condition;

    private static GraphOption ToOption(string key, ValueForm? form, string place)
    {
        ValueForm value = Check(form, GraphFormJson.Default.ValueForm, place);
        return new GraphOption(key, Text(value.Value, "value", place), ToCondition(value.When, place));
    }

    private static GraphScope ToScope(string? each, string place) => each switch
    {
        null => GraphScope.Pool,
        "unit" => GraphScope.Unit,
        "tie-breaker" => GraphScope.TieBreaker,
        "group" => GraphScope.Group,
        "pool" => GraphScope.Pool,
        _ => throw new GraphDocumentException(place, $"\"{each}\" is none of unit, tie-breaker, group, pool"),
    };
}

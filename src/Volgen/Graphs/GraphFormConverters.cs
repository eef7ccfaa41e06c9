using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Volgen.Json;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>A condition: a list of facts, or several such lists.</summary>
internal sealed class ConditionConverter : JsonConverter<GraphCondition>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override GraphCondition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return reader.TokenType switch
            {
                JsonTokenType.String =>
                    GraphCondition.Parse(JsonSerializer.Deserialize(ref reader, GraphFormJson.Default.String)!),
                JsonTokenType.StartArray =>
                    GraphCondition.Parse(JsonSerializer.Deserialize(ref reader, GraphFormJson.Default.StringArray)!),
                _ => throw new JsonException(),
            };
        }
        catch (JsonException exception) when (exception.InnerException is not JsonException)
        {
            // Its place would be the place inside the condition.
            throw new JsonException("is neither a text nor a list of texts");
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, GraphCondition value, JsonSerializerOptions options) =>
        throw new NotSupportedException("graphs are only read");
}

/// <summary>The values of an option; none for null and an empty text.</summary>
internal sealed class OptionValuesConverter : JsonConverter<OptionValues>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override OptionValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonTokenType kind = reader.TokenType;
        try
        {
            return new OptionValues(kind switch
            {
                JsonTokenType.Null => [],
                JsonTokenType.String =>
                    JsonSerializer.Deserialize(ref reader, GraphFormJson.Default.String) is { Length: > 0 } text
                        ? [new ValueForm { Value = text }] : [],
                JsonTokenType.StartObject => [JsonSerializer.Deserialize(ref reader, GraphFormJson.Default.ValueForm)],
                JsonTokenType.StartArray => JsonSerializer.Deserialize(ref reader, GraphFormJson.Default.ValueFormArray)!,
                _ => throw new JsonException(),
            });
        }
        catch (JsonException exception) when (exception.InnerException is not JsonException)
        {
            // Its place would be the place inside the value.
            throw new JsonException(
                kind == JsonTokenType.String
                    ? TextConverter.NotText : "is neither a text nor an object with \"value\" and \"when\"");
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, OptionValues value, JsonSerializerOptions options) =>
        throw new NotSupportedException("graphs are only read");
}

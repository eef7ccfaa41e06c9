using System.Text.Json;
using System.Text.Json.Serialization;

namespace KadaluFsd.Volgen.Pools;

/// <summary>A machine; its name alone stands for it as well.</summary>
internal sealed class NodeConverter : JsonConverter<NodeForm>
{
    /// <inheritdoc/>
    public override NodeForm? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return reader.TokenType == JsonTokenType.String
                ? new NodeForm { Name = JsonSerializer.Deserialize(ref reader, PoolFormJson.Default.String) }
                : JsonSerializer.Deserialize(ref reader, PoolFormJson.Default.NodeForm);
        }
        catch (JsonException)
        {
            // Its place would be the place inside the machine.
            throw new JsonException("is neither a name nor an object with name and id");
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, NodeForm value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, PoolFormJson.Default.NodeForm);
}

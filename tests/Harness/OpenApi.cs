using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace KadaluFsd.Harness;

/// <summary>Answers against the schemas that a process gives for them.</summary>
internal static class OpenApi
{
    /// <summary>Asks for everything that can be asked for without a body.</summary>
    /// <returns>How many answers there were.</returns>
    internal static async Task<int> CheckAllAsync(JsonNode document, ControlSocket control)
    {
        int answers = 0;
        foreach ((string path, JsonNode? methods) in document["paths"]!.AsObject())
        {
            if (methods!["get"]?["responses"]?["200"]?["content"]?["application/json"]?["schema"] is { } schema)
            {
                Check(document, schema, await control.GetAsync(path.Replace("{key}", "pool1", StringComparison.Ordinal)), path);
                answers++;
            }
        }

        return answers;
    }

    /// <summary>Finds what is described without words: routes without a summary, members of schemas without a description.</summary>
    /// <returns>Their places in the document.</returns>
    internal static IEnumerable<string> FindWithoutWords(JsonNode document) =>
    [
        .. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject(), (path, method) => (path, method))
            .Where(route => string.IsNullOrWhiteSpace(route.method.Value!["summary"]?.GetValue<string>()))
            .Select(route => $"{route.method.Key} {route.path.Key}"),
        .. document["components"]!["schemas"]!.AsObject().SelectMany(
                schema => schema.Value!["properties"]?.AsObject() ?? [], (schema, member) => (schema, member))
            .Where(property => property.member.Value!["description"] is null && property.member.Value["$ref"] is null &&
                property.member.Value["oneOf"] is null)
            .Select(property => $"{property.schema.Key}.{property.member.Key}"),
    ];

    /// <summary>Asks for one thing, and expects a status.</summary>
    internal static async Task CheckAsync(
        JsonNode document, ControlSocket control, string method, string path, string body, int status)
    {
        (int answered, string answer) =
            await control.AskAsync(method.ToUpperInvariant(), path.Replace("{key}", "pool1", StringComparison.Ordinal), body);
        Assert.True(answered == status, $"{method} {path}: {answered} {answer}");
        JsonNode? schema =
            document["paths"]![path]![method]!["responses"]![$"{status}"]?["content"]?["application/json"]?["schema"];
        Assert.True(schema is not null, $"{method} {path} has no {status}");
        Check(document, schema, answer, $"{method} {path}");
    }

    // Schemas refer to each other by their place in the document: what is checked is the document with one of them at its top.
    private static void Check(JsonNode document, JsonNode schema, string answer, string what)
    {
        var whole =
            new JsonObject
            {
                ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                ["allOf"] = new JsonArray(schema.DeepClone()),
                ["components"] = document["components"]!.DeepClone()
            };
        using var instance = JsonDocument.Parse(answer);
        EvaluationResults results = JsonSchema.FromText(whole.ToJsonString()).Evaluate(
            instance.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        Assert.True(
            results.IsValid,
            $"{what}: {string.Join("; ", (results.Details ?? []).Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!, (detail, error) => $"{detail.InstanceLocation} {error.Value}"))}\n{answer}");
    }
}

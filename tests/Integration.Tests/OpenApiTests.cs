using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using KadaluFsd.Integration.Tests.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>What a unit answers is what its own OpenAPI document says it answers.</summary>
public sealed class OpenApiTests : IntegrationTest
{
    [Fact]
    public async Task Every_answer_fits_the_schema_that_the_unit_gives_for_it()
    {
        var control = new ControlSocket(Workspace.Path("control"));
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess killed = await UnitProcess.StartAsync(Workspace, unit, "--control", control.Path);
        await killed.KillAsync();
        await UnitProcess.StartAsync(Workspace, unit, "--control", control.Path);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");

        JsonNode document = JsonNode.Parse(await control.GetAsync("/v1/openapi.json"))!;
        int answers = 0;
        foreach ((string path, JsonNode? methods) in document["paths"]!.AsObject())
        {
            if (methods!["get"]?["responses"]?["200"]?["content"]?["application/json"]?["schema"] is { } schema)
            {
                Check(document, schema, await control.GetAsync(path.Replace("{key}", "pool1", StringComparison.Ordinal)), path);
                answers++;
            }
        }

        Assert.Equal(9, answers);
        await CheckAsync(document, control, "put", "/v1/options", $$"""{"volume": "pool1-io-threads", "option": "thread-count", "value": "5"}""", 200);
        await CheckAsync(document, control, "put", "/v1/options", """{"volume": "nosuch", "option": "thread-count", "value": "5"}""", 422);
        await CheckAsync(document, control, "put", "/v1/options", """{"volume": "nosuch"}""", 400);
        await CheckAsync(document, control, "put", "/v1/log", """{"level": "ERROR"}""", 200);
        await CheckAsync(document, control, "put", "/v1/log", """{"level": "LOUD"}""", 422);
        await CheckAsync(document, control, "post", "/v1/log/reopen", "", 200);
        await CheckAsync(document, control, "post", "/v1/reload", "", 200);
        await CheckAsync(document, control, "put", "/v1/volfiles/{key}", ClientVolfile.Single(unit) + "\n", 200);
        await CheckAsync(document, control, "put", "/v1/volfiles/{key}", "nonsense", 422);
        await CheckAsync(document, control, "post", "/v1/drain", """{"timeoutSeconds": -1}""", 400);
        await CheckAsync(document, control, "post", "/v1/drain", "", 202);
        await CheckAsync(document, control, "post", "/v1/drain", "", 409);
        await CheckAsync(document, control, "post", "/v1/stop", """{"timeoutSeconds": 1}""", 202);
    }

    private static async Task CheckAsync(JsonNode document, ControlSocket control, string method, string path, string body, int status)
    {
        (int answered, string answer) = await control.AskAsync(method.ToUpperInvariant(), path.Replace("{key}", "pool1", StringComparison.Ordinal), body);
        Assert.True(answered == status, $"{method} {path}: {answered} {answer}");
        JsonNode? schema = document["paths"]![path]![method]!["responses"]![$"{status}"]?["content"]?["application/json"]?["schema"];
        Assert.True(schema is not null, $"{method} {path} has no {status}");
        Check(document, schema, answer, $"{method} {path}");
    }

    // Schemas refer to each other by their place in the document: what is checked is the document with one of them at its top.
    private static void Check(JsonNode document, JsonNode schema, string answer, string what)
    {
        var whole = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["allOf"] = new JsonArray(schema.DeepClone()), ["components"] = document["components"]!.DeepClone() };
        using var instance = JsonDocument.Parse(answer);
        EvaluationResults results = JsonSchema.FromText(whole.ToJsonString()).Evaluate(
            instance.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        Assert.True(results.IsValid, $"{what}: {string.Join("; ", (results.Details ?? []).Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!, (detail, error) => $"{detail.InstanceLocation} {error.Value}"))}\n{answer}");
    }
}

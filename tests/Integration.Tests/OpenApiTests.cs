using System.Text.Json.Nodes;
using KadaluFsd.Harness;

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
        Assert.Equal(8, await OpenApi.CheckAllAsync(document, control));
        Assert.Empty(OpenApi.FindWithoutWords(document));
        await OpenApi.CheckAsync(
            document, control, "put", "/v1/options",
            $$"""{"volume": "pool1-io-threads", "option": "thread-count", "value": "5"}""", 200);
        await OpenApi.CheckAsync(
            document, control, "put", "/v1/options", """{"volume": "nosuch", "option": "thread-count", "value": "5"}""", 422);
        await OpenApi.CheckAsync(document, control, "put", "/v1/options", """{"volume": "nosuch"}""", 400);
        await OpenApi.CheckAsync(document, control, "put", "/v1/log", """{"level": "ERROR"}""", 200);
        await OpenApi.CheckAsync(document, control, "put", "/v1/log", """{"level": "LOUD"}""", 422);
        await OpenApi.CheckAsync(document, control, "post", "/v1/log/reopen", "", 200);
        await OpenApi.CheckAsync(document, control, "post", "/v1/reload", "", 200);
        await OpenApi.CheckAsync(document, control, "put", "/v1/volfiles/{key}", ClientVolfile.Single(unit) + "\n", 200);
        await OpenApi.CheckAsync(document, control, "put", "/v1/volfiles/{key}", "nonsense", 422);
        await OpenApi.CheckAsync(document, control, "post", "/v1/drain", """{"timeoutSeconds": -1}""", 400);
        await OpenApi.CheckAsync(document, control, "post", "/v1/drain", "", 202);
        await OpenApi.CheckAsync(document, control, "post", "/v1/drain", "", 409);
        await OpenApi.CheckAsync(document, control, "post", "/v1/stop", """{"timeoutSeconds": 1}""", 202);
    }
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What an agent has a node do for a pool.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class StepTests : IntegrationTest
{
    private const string Pool = "pool1";

    [Fact]
    public async Task A_pool_lives_by_steps_each_of_which_may_come_twice()
    {
        var pools = PoolHarness.Create(Workspace);
        JsonObject definition = Define(pools);
        var terms = new JsonObject { ["mayShareNodes"] = true, ["mayBeOnRoot"] = true, ["existing"] = "refuse" };
        JsonObject creation = Step("check-creation", 5, 0, definition, terms);
        Assert.Equal(0, (int)(await MustAsync(pools, creation))["revision"]!);
        Assert.Null(FindDefinition(pools));

        creation = Step("create", 5, 1, definition, terms);
        JsonNode made = await MustTwiceAsync(pools, creation);
        Assert.Equal(1, (int)made["revision"]!);
        await MustTwiceAsync(pools, With(Step("start", 5, 2), "mayDisturbExports", false));
        await UnitsAreReadyAsync(pools);

        definition["options"] = new JsonObject { ["diagnostics.client-log-level"] = "DEBUG" };
        definition["revision"] = 7;
        var changing = new JsonObject { ["restart"] = false, ["mayDisturbExports"] = false };
        JsonObject change = Step("check-change", 6, 0, definition, changing);
        Assert.Equal(1, (int)(await MustAsync(pools, change))["revision"]!);
        Assert.Empty(FindDefinition(pools)!["options"]!.AsObject());
        change = Step("change", 6, 1, definition, changing);
        JsonNode changed = await MustTwiceAsync(pools, change);
        Assert.Equal(7, (int)changed["revision"]!);
        Assert.NotEqual((string?)made["digest"], (string?)changed["digest"]);
        Assert.Single(FindDefinition(pools)!["options"]!.AsObject());

        definition["revision"] = 3;
        await MustFailAsync(pools, Step("change", 7, 1, definition, changing), "a later revision of pool1: 7, not 3");
        await MustTwiceAsync(pools, Step("stop", 8, 1));
        await MustFailAsync(pools, With(Step("start", 4, 1), "mayDisturbExports", false), "the task 4 is over");
        JsonNode deleted = await MustTwiceAsync(pools, Step("delete", 9, 1));
        Assert.Equal(0, (int)deleted["revision"]!);

        // What was seen outlives the pool.
        await MustFailAsync(pools, creation, "the task 5 is over");
        Assert.Null(FindDefinition(pools));
    }

    [Theory]
    [InlineData("a pool is noted")]
    [InlineData("a directory is marked")]
    [InlineData("a volfile is written")]
    [InlineData("a pool is created")]
    public async Task A_creation_that_was_killed_is_done_by_the_same_step_or_undone_with_all_that_it_has_moved(string place)
    {
        var pools = PoolHarness.Create(Workspace);
        JsonObject definition = Define(pools);
        var terms = new JsonObject { ["mayShareNodes"] = true, ["mayBeOnRoot"] = true, ["existing"] = "discard" };
        string before = Path.Combine(Directory.CreateDirectory(pools.Units(Pool, 3)[0]).FullName, "before");
        await File.WriteAllTextAsync(before, "x");
        foreach (int task in (int[])[1, 2])
        {
            JsonObject creation = Step("create", task, 1, definition, terms);
            pools.Set(("KADALU_FSD_DIE_AT", place));
            (int code, JsonArray lines) = await TryAsync(pools, creation);
            Assert.NotEqual(0, code);
            Assert.DoesNotContain(lines, line => line!["done"] is not null || line["failed"] is not null);
            pools.Set(("KADALU_FSD_DIE_AT", ""));
            if (place == "a directory is marked")
            {
                // As a kill in the middle of writing it leaves it.
                string hidden = Directory.CreateDirectory(Path.Combine(pools.Units(Pool, 3)[0], ".glusterfs")).FullName;
                await File.WriteAllTextAsync(Path.Combine(hidden, $"kadalu-place.{Guid.NewGuid():N}"), "");
            }

            if (task == 1)
            {
                Assert.Equal(1, (int)(await MustAsync(pools, creation))["revision"]!);
                Assert.False(File.Exists(before));
            }

            Assert.Equal(0, (int)(await MustTwiceAsync(pools, Step("undo-creation", task, 3)))["revision"]!);
            Assert.Equal("x", await File.ReadAllTextAsync(before));
            Assert.Null(FindDefinition(pools));
            Assert.False(Directory.Exists(pools.Units(Pool, 3)[1]));

            // It was under way still.
            await MustFailAsync(pools, creation, "is late");
        }
    }

    [Fact]
    public async Task A_replacement_that_was_done_but_not_noted_is_not_done_again()
    {
        var pools = PoolHarness.Create(Workspace);
        JsonObject definition = Define(pools);
        var terms = new JsonObject { ["mayShareNodes"] = true, ["mayBeOnRoot"] = true, ["existing"] = "refuse" };
        await MustAsync(pools, Step("create", 1, 1, definition, terms));
        await MustAsync(pools, With(Step("start", 1, 2), "mayDisturbExports", false));
        await Until.SeesAsync(
            "the self-heal daemon is a client of each unit",
            async () => await Task.WhenAll(ControlsOf(pools).Select(PoolHarness.ClientsOfAsync)),
            clients => clients is [[_], [_], [_]]);
        string path = pools.Units(Pool, 3)[0];
        string unit = $"{Environment.MachineName}:{path}";
        var may = new JsonObject { ["mayDiscard"] = true, ["mayBeOnRoot"] = true, ["alsoLost"] = new JsonArray() };
        JsonObject replacement = With(With(Step("replace-unit", 2, 1), "unit", unit), "terms", may);
        pools.Set(("KADALU_FSD_DIE_AT", "a step is carried out"));
        (int code, JsonArray lines) = await TryAsync(pools, replacement);
        Assert.NotEqual(0, code);
        Assert.True(lines.All(line => line!["done"] is null && line["failed"] is null), lines.ToJsonString());
        pools.Set(("KADALU_FSD_DIE_AT", ""));
        string[] aside = Directory.GetDirectories(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(Path.Combine(path, "healed"), "x");
        await MustTwiceAsync(pools, replacement);
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(path, "healed")));
        Assert.Equal(aside.Order(), Directory.GetDirectories(Path.GetDirectoryName(path)!).Order());

        // Another task is another replacement.
        await MustAsync(pools, With(With(Step("replace-unit", 3, 1), "unit", unit), "terms", may.DeepClone()));
        Assert.False(File.Exists(Path.Combine(path, "healed")));
    }

    [Fact]
    public async Task A_restart_of_units_that_was_interrupted_is_finished_by_a_start()
    {
        var pools = PoolHarness.Create(Workspace);
        JsonObject definition = Define(pools);
        var terms = new JsonObject { ["mayShareNodes"] = true, ["mayBeOnRoot"] = true, ["existing"] = "refuse" };
        await MustAsync(pools, Step("create", 1, 1, definition, terms));
        await MustAsync(pools, With(Step("start", 1, 2), "mayDisturbExports", false));
        await UnitsAreReadyAsync(pools);
        string[] before = ProcessesOf(pools);
        definition["options"] = new JsonObject { ["unit.log-level"] = "DEBUG" };
        definition["revision"] = 2;
        var changing = new JsonObject { ["restart"] = true, ["mayDisturbExports"] = false };
        pools.Set(("KADALU_FSD_DIE_AT", "a change is noted"));
        Assert.NotEqual(0, (await TryAsync(pools, Step("change", 2, 1, definition, changing))).Code);
        pools.Set(("KADALU_FSD_DIE_AT", ""));
        Assert.Equal(before, ProcessesOf(pools));
        await MustAsync(pools, With(Step("start", 2, 2), "mayDisturbExports", false));
        Assert.Empty(before.Intersect(ProcessesOf(pools)));
    }

    private static string[] ProcessesOf(PoolHarness pools) =>
        [.. Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), $"{Pool}.*.pid").Order().Select(File.ReadAllText)];

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"do": "format", "pool": "pool1", "poolId": "0f8fad5b-d9cb-469f-a165-70867728950e", "turn": {"generation": 1, "task": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "stage": 1}}""")]
    [InlineData("""{"do": "stop", "poolId": "0f8fad5b-d9cb-469f-a165-70867728950e", "turn": {"generation": 1, "task": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "stage": 1}}""")]
    [InlineData("""{"do": "stop", "pool": "../x", "poolId": "0f8fad5b-d9cb-469f-a165-70867728950e", "turn": {"generation": 1, "task": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "stage": 1}}""")]
    [InlineData("""{"do": "stop", "pool": "x", "poolId": "0f8fad5b-d9cb-469f-a165-70867728950e", "turn": {"generation": 1, "task": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "stage": 1}, "more": 1}""")]
    public async Task What_is_no_step_is_refused(string text)
    {
        (int code, JsonArray lines) = await TryAsync(PoolHarness.Create(Workspace), text);
        Assert.Equal(2, code);
        Assert.Equal(2, (int)Assert.Single(lines)!["failed"]!["code"]!);
    }

    // As a manager would make it.
    private JsonObject Define(PoolHarness pools)
    {
        string units = string.Join(", ", pools.Units(Pool, 3).Select(path => $$$"""
            {"path": "{{{path}}}", "port": {{{Ports.Free()}}}, "node": {"name": "{{{Environment.MachineName}}}"}}
            """));
        return JsonNode.Parse($$$"""
            {"name": "{{{Pool}}}", "id": "{{{_id}}}", "port": {{{Ports.Free()}}}, "revision": 1, "options": {},
             "distribute_groups": [{"replica_count": 3, "storage_units": [{{{units}}}]}],
             "auth": {"username": "{{{Guid.NewGuid()}}}", "password": "{{{Guid.NewGuid()}}}"}}
            """)!.AsObject();
    }

    private static JsonNode? FindDefinition(PoolHarness pools) =>
        File.Exists(pools.DefinitionOf(Pool)) ? JsonNode.Parse(File.ReadAllText(pools.DefinitionOf(Pool))) : null;

    private static Task<int[]> UnitsAreReadyAsync(PoolHarness pools) => Until.SeesAsync(
        "three units are ready",
        async () => await Task.WhenAll(
            ControlsOf(pools).Select(
                async socket => (await new ControlSocket(socket).AskAsync("GET", "/readyz")).Status)),
        states => states is [200, 200, 200]);

    private static string[] ControlsOf(PoolHarness pools) =>
        Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), $"{Pool}.*.control.sock");

    private readonly string _id = Guid.NewGuid().ToString();

    private JsonObject Step(string kind, int task, int stage) => new()
    {
        ["do"] = kind,
        ["pool"] = Pool,
        ["poolId"] = _id,
        ["turn"] = new JsonObject
        {
            ["generation"] = task,
            ["task"] = new Guid(task, 0, 0, new byte[8]).ToString(),
            ["stage"] = stage,
        },
    };

    private JsonObject Step(string kind, int task, int stage, JsonObject definition, JsonObject terms) =>
        With(With(Step(kind, task, stage), "definition", definition.DeepClone()), "terms", terms.DeepClone());

    private static JsonObject With(JsonObject step, string name, JsonNode value)
    {
        step[name] = value;
        return step;
    }

    private static async Task<JsonNode> MustTwiceAsync(PoolHarness pools, JsonObject step)
    {
        JsonNode first = await MustAsync(pools, step);
        JsonNode second = await MustAsync(pools, step);
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        return second;
    }

    private static async Task<JsonNode> MustAsync(PoolHarness pools, JsonObject step)
    {
        (int code, JsonArray lines) = await TryAsync(pools, step);
        Assert.True(code == 0, lines.ToJsonString());
        return lines[^1]!["done"]!;
    }

    private static async Task MustFailAsync(PoolHarness pools, JsonObject step, string reason)
    {
        (int code, JsonArray lines) = await TryAsync(pools, step);
        JsonNode failed = lines[^1]!["failed"]!;
        Assert.Equal(code, (int)failed["code"]!);
        Assert.Contains(reason, (string?)failed["reason"], StringComparison.Ordinal);
    }

    private static Task<(int Code, JsonArray Lines)> TryAsync(PoolHarness pools, JsonObject step) =>
        TryAsync(pools, step.ToJsonString());

    private static async Task<(int Code, JsonArray Lines)> TryAsync(PoolHarness pools, string text)
    {
        using Process process = pools.StartStep();
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (
            process.ExitCode,
            [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))]);
    }
}

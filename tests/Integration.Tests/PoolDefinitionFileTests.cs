using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Definitions that are of no use concern nobody else, and what is refused leaves nothing behind.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolDefinitionFileTests : IntegrationTest
{
    private const int PoolRefused = 11;

    private PoolHarness? _pools;

    private PoolHarness Pools => _pools ??= PoolHarness.Create(Workspace);

    private string Definitions => Path.Combine(Pools.Root, "var/lib/kadalu/pools");

    [Theory]
    [InlineData("z.json", "", "z.json: it is empty")]
    [InlineData("z.json", "{ half of", "z.json: line 1: not JSON")]
    [InlineData("z.json", "{}", "z.json:")]
    [InlineData("good-backup.json", null, "it is of the pool \"good\"")]
    [InlineData("z.json", "FIFO", "it is not a regular file")]
    [InlineData("z.json", "LINK", "No such file")]
    [InlineData("z.json", "DIRECTORY", "it is not a regular file")]
    public async Task A_file_that_is_no_definition_concerns_nobody_else(string file, string? content, string words)
    {
        await Pools.CreateAsync("good", "units:1");
        await AddAsync(file, content);
        string name = Path.GetFileNameWithoutExtension(file);

        await Pools.MustAsync("set", "good", "diagnostics.brick-log-level", "DEBUG");
        await Pools.MustAsync("stop", "good");
        await Pools.MustAsync("start", "good");
        await Pools.MustAsync("status", "good");
        string said = await Pools.CreateAsync("other", "units:1", "--no-start");
        Assert.Contains($"warning: {Definitions}/{file}", said, StringComparison.Ordinal);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Contains("are not known", said, StringComparison.Ordinal);
        await Pools.MustAsync("delete", "other");

        // And itself: nothing can be done with it.
        foreach (string verb in new[] { "status", "start", "volfile" })
        {
            MustBeRefused(await Pools.TryAsync(verb, name), $"there is no pool \"{name}\"");
        }

        Assert.Equal("ready", (string?)(await Pools.StatusAsync("good"))["units"]![0]!["state"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_pool_whose_definition_is_lost_is_told_it_again_and_can_be_stopped_and_deleted(string? content)
    {
        await Pools.CreateAsync("pool1", "mirror", "units:2");
        int?[] processes = await Pools.ProcessesAsync("pool1");
        await LoseAsync(content);
        await Until.SoAsync(
            "the definition is there again", () => File.Exists(Pools.DefinitionOf("pool1")) &&
                File.ReadAllText(Pools.DefinitionOf("pool1")).Contains("\"started\"", StringComparison.Ordinal), Pools.Logs);
        await Pools.MustAsync("start", "pool1");
        Assert.Equal(processes, await Pools.ProcessesAsync("pool1"));

        await LoseAsync(content);
        await Pools.MustAsync("stop", "pool1");
        await Task.WhenAll(processes.Select(process => ManagedUnit.GoneAsync(process!.Value)));
        await LoseAsync(content);
        await Pools.MustAsync("delete", "pool1");
        Assert.Empty(Directory.GetFiles(Path.Combine(Pools.Root, "var/lib/kadalu/volfiles")));
        Assert.All(
            Pools.Units("pool1", 2),
            unit => Assert.Equal(
                "", Command.RunAsync("getfattr", "--absolute-names", "-n", "trusted.glusterfs.volume-id", unit).Result.Output));
    }

    private async Task LoseAsync(string? content)
    {
        string definition = Path.Combine(Definitions, "pool1.json");
        File.Delete(definition);
        if (content is not null)
        {
            await File.WriteAllTextAsync(definition, content);
        }
    }

    [Theory]
    [InlineData("[::1]")]
    [InlineData("0.0.0.0")]
    [InlineData("a..b")]
    public async Task A_definition_that_is_refused_leaves_nothing_behind(string node)
    {
        string definition = Workspace.Path("pool1.json");
        await File.WriteAllTextAsync(definition, $$$"""
            {"name": "pool1", "id": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "distribute_groups": [{"storage_units": [{"path": "{{{Pools.Units("pool1", 1)[0]}}}", "port": 24290, "node": {"name": "{{{node}}}"}}]}]}
            """);
        Command refused = await Pools.TryAsync("create", "pool1", "--definition", definition, "--root-partition");
        Assert.Equal(PoolRefused, refused.ExitCode);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Pools.Units("pool1", 1)[0]));
        await Pools.CreateAsync("good", "units:1", "--no-start");
    }

    [Fact]
    public async Task What_killed_commands_have_left_half_written_is_cleared_by_the_next_one()
    {
        await Pools.CreateAsync("good", "units:1", "--no-start");
        string hex = Guid.NewGuid().ToString("N");
        string[] left =
            [Path.Combine(Definitions, $"pool1.json.{hex}"), Path.Combine(Pools.Root, "var/lib/kadalu", $"node-id.{hex}"),
                Path.Combine(Pools.Root, "var/lib/kadalu/volfiles", $"pool1.vol.{hex}")];
        foreach (string path in left)
        {
            await File.WriteAllTextAsync(path, "a password");
        }

        await Pools.MustAsync("start", "good");
        Assert.All(left, path => Assert.False(File.Exists(path), path));
    }

    private async Task AddAsync(string file, string? content)
    {
        string path = Path.Combine(Definitions, file);
        switch (content)
        {
            case null:
                File.Copy(Path.Combine(Definitions, "good.json"), path);
                break;
            case "FIFO":
                await Command.MustAsync("mkfifo", path);
                break;
            case "LINK":
                File.CreateSymbolicLink(path, "/no/such/file");
                break;
            case "DIRECTORY":
                Directory.CreateDirectory(path);
                break;
            default:
                await File.WriteAllTextAsync(path, content);
                break;
        }
    }
}

using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Directories that have something in them when a pool is made over them.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolDirectoryTests : IntegrationTest
{
    [Fact]
    public async Task A_directory_with_anything_in_it_is_refused_with_all_reasons_and_stays_as_it_is()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 4);
        foreach (string unit in units)
        {
            Directory.CreateDirectory(unit);
        }

        await File.WriteAllTextAsync(Path.Combine(units[0], "somebodys"), "file");
        await Command.MustAsync("setfattr", "-n", "trusted.gfid", "-v", "0x00000000000000000000000000000001", units[1]);
        Directory.CreateDirectory(Path.Combine(units[2], ".glusterfs", "00"));
        await Command.MustAsync(
            "setfattr", "-n", "trusted.glusterfs.volume-id", "-v", "0x11111111222233334444555555555555", units[2]);

        // What a new file system has of its own is nobody's.
        Directory.CreateDirectory(Path.Combine(units[3], "lost+found"));
        string before = await EverythingAsync();
        Command refused = await pools.TryAsync(["create", "pool1", .. units, "--root-partition", "--mode=script"]);
        Assert.Equal(11, refused.ExitCode);
        Assert.Contains($"{units[0]} is not empty (somebodys)", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"{units[1]} has marks of a storage unit (trusted.gfid)", refused.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"{units[2]} belongs to the pool with the id 11111111-2222-3333-4444-555555555555, has a storage unit's .glusterfs",
            refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(units[3] + " ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--discard moves what is there aside", refused.Error, StringComparison.Ordinal);
        Assert.Contains(
            "belongs to the pool",
            (await pools.TryAsync(["create", "pool1", .. units, "--root-partition", "--mode=script", "--adopt"])).Error,
            StringComparison.Ordinal);
        Assert.Equal(before, await EverythingAsync());

        await pools.MustAsync(["create", "pool1", .. units, "--root-partition", "--mode=script", "--discard"]);
        FuseMount mount = await pools.MountAsync("pool1");
        Assert.Equal(["lost+found"], Directory.GetFileSystemEntries(mount.Path).Select(Path.GetFileName));
        Assert.Equal(
            "file",
            await File.ReadAllTextAsync(
                Path.Combine(
                    Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(units[0])!, "u1.discarded-*")), "somebodys")));

        async Task<string> EverythingAsync() =>
            await Command.MustAsync("find", Path.GetDirectoryName(units[0])!, "-printf",
                "%p %y %m %s\n") + await Command.MustAsync("getfattr", "-R", "-d", "-m", "-", "-e", "hex", "--absolute-names",
                Path.GetDirectoryName(units[0])!);
    }

    [Fact]
    public async Task What_is_in_a_mount_point_is_discarded_below_it_where_no_client_sees_it()
    {
        LoopFileSystem disk = await LoopFileSystem.CreateAsync(Workspace, 128);
        var pools = PoolHarness.Create(Workspace);
        await pools.MustAsync("create", "old", disk.Path);
        FuseMount mount = await pools.MountAsync("old");
        await UnitTree.WriteAsync(mount.Path, "tree");
        string written = await UnitTree.ReadAsync(mount.In("tree"));
        await mount.DisposeAsync();
        await pools.MustAsync("stop", "old");
        await pools.MustAsync("delete", "old");

        // Undone, wherever it was killed.
        await pools.DiesAtAsync("contents are discarded", "create", "new", disk.Path, "--discard");
        Assert.Contains(
            "is not empty (tree)", (await pools.TryAsync("create", "new", disk.Path)).Error, StringComparison.Ordinal);

        string said = await pools.MustAsync("create", "new", disk.Path, "--discard");
        mount = await pools.MountAsync("new");
        Assert.Equal(["lost+found"], Directory.GetFileSystemEntries(mount.Path).Select(Path.GetFileName));
        string aside = Assert.Single(Directory.GetDirectories(Path.Combine(disk.Path, ".glusterfs", "kadalu-discarded")));
        Assert.Contains(aside, said, StringComparison.Ordinal);
        Assert.Equal(written, await UnitTree.ReadAsync(Path.Combine(aside, "tree")));
    }

    [Theory]
    [InlineData("mirror 3 units:3")]
    [LongData("data 2 redundancy 1 units:3")]
    public async Task A_pool_that_was_deleted_comes_back_as_it_was_where_all_its_units_are_here(string words)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        Guid id = (Guid)(await pools.StatusAsync("pool1"))["id"]!;
        FuseMount mount = await pools.MountAsync("pool1");
        await UnitTree.WriteAsync(mount.Path, "tree");
        string written = await UnitTree.ReadAsync(mount.Path, withTimes: true);
        await pools.HealedAsync("pool1", clients: 2);
        await mount.DisposeAsync();
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("delete", "pool1");
        string[] create =
            ["create", "pool1", .. words.Split(' ')[..^1], .. pools.Units("pool1", 3), "--same-node", "--root-partition"];
        Assert.Contains(
            $"was a unit of the deleted pool with the id {id}, is not empty (tree)", (await pools.TryAsync(create)).Error,
            StringComparison.Ordinal);
        await pools.MustAsync([.. create, "--adopt"]);
        Assert.Equal(id, (Guid)(await pools.StatusAsync("pool1"))["id"]!);
        mount = await pools.MountAsync("pool1");
        Assert.Equal(written, await UnitTree.ReadAsync(mount.Path, withTimes: true));
    }

    [Theory]
    [InlineData("mirror")]
    [LongData("disperse")]
    public async Task A_node_that_was_away_is_healed_from_the_others_though_nobody_remembers_what_it_has_missed(string kind)
    {
        string here = await TwoNodes.ConnectAsync();
        PoolHarness one = PoolHarness.Create(Workspace, "node-a", here);
        PoolHarness other = PoolHarness.Create(Workspace, "node-b", TwoNodes.Other, TwoNodes.Name, manager: one);
        await other.MustAsync("node", "info");
        string parent = Workspace.Create("units", "pool1");
        string definition = Workspace.Path("pool1.json");
        string group = kind == "mirror" ? "\"replica_count\": 3" : "\"disperse_count\": 3, \"redundancy_count\": 1";
        await File.WriteAllTextAsync(definition, $$$"""
            {"name": "pool1", "id": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "distribute_groups": [{ {{{group}}}, "storage_units": [
              {"path": "{{{parent}}}/u1", "port": 24210, "node": {"name": "{{{here}}}"}},
              {"path": "{{{parent}}}/u2", "port": 24211, "node": {"name": "{{{here}}}"}},
              {"path": "{{{parent}}}/u3", "port": 24212, "node": {"name": "{{{TwoNodes.Other}}}"}}]}]}
            """);
        await one.MustAsync("create", "pool1", "--definition", definition, "--same-node", "--root-partition");
        FuseMount mount = await one.MountAsync("pool1");
        await mount.ConnectedAsync("pool1", 3);
        await UnitTree.WriteAsync(mount.Path, "tree");
        await UnitTree.WriteAsync(mount.Path, "old");
        await NothingIsLeftAsync(one);
        await one.UnlockedAsync();
        int unit = (int)(await other.StatusAsync("pool1"))["units"]![2]!["processId"]!;
        await other.KillAgentAsync();
        await Command.MustAsync("kill", "-9", unit.ToString(CultureInfo.InvariantCulture));

        // The pool goes on, and nobody remembers what the other node missed.
        await Until.SeesAsync(
            "the mount can be written to without the other node", () => Command.RunAsync("touch", mount.In("tree/1")),
            touched => touched.ExitCode == 0);
        await Command.MustAsync("sh", "-ec", $"""
            cd '{mount.Path}'; for f in tree/*/file*; do echo changed > $f; done; rm -r old tree/2; mkdir old tree/2; echo new > old/new; mv tree/3 tree/4; rm tree/link; ln -s new tree/link; chmod 0711 tree/1
            """);
        string written = await UnitTree.ReadAsync(mount.Path, withTimes: true);
        await mount.DisposeAsync();
        await one.MustAsync("stop", "pool1", "--offline-ok");
        await (kind == "mirror" ? Command.MustAsync("sh", "-ec", $"""
            for u in '{parent}/u1' '{parent}/u2'; do
              getfattr -R -h -d -m trusted.afr --absolute-names $u 2>/dev/null | awk '/^# file: / {"{"} f = substr($0, 9) {"}"} /^trusted.afr/ {"{"} split($0, a, "="); print a[1] "\t" f {"}"}' |
              while IFS='	' read -r a f; do setfattr -h -x "$a" "$f" 2>/dev/null || :; done
              rm -rf $u/.glusterfs/indices
            done
            """) : Task.FromResult(""));
        await other.MustAsync("node", "info");
        await Until.SoAsync("both nodes start it", async () => (await one.TryAsync("start", "pool1")).ExitCode == 0, one.Logs);
        await other.MustAsync(
            "unit", "replace", "pool1", $"{TwoNodes.Other}:{parent}/u3", "--discard", "--root-partition");
        await NothingIsLeftAsync(one);
        mount = await one.MountAsync("pool1");
        Assert.Equal(written, await UnitTree.ReadAsync(mount.Path, withTimes: true));
        bool hasContents = kind == "mirror";
        Assert.Equal(
            await UnitTree.ReadAsync(parent + "/u1", hasContents), await UnitTree.ReadAsync(parent + "/u3", hasContents));

        // It counts when one of the others is away.
        await mount.ConnectedAsync("pool1", 3);
        await one.UnlockedAsync();
        await one.KillAsync("pool1", [0]);
        await Until.SeesAsync(
            "the mount shows what was written", () => UnitTree.ReadAsync(mount.Path, withTimes: true), now => now == written);
    }

    private static Task<Command> NothingIsLeftAsync(PoolHarness one) => Until.SeesAsync(
        "all units are connected and nothing is left to heal",
        async () =>
        {
            await one.TryAsync("heal", "start", "pool1");
            return await one.TryAsync("heal", "info", "pool1");
        },
        info => info.ExitCode == 0 && info.Output.Split(" 0 to heal").Length == 4);
}

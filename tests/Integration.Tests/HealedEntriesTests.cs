using System.Buffers.Binary;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What is made, moved and removed while a copy is away is so on that copy too, once it is healed.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class HealedEntriesTests : IntegrationTest
{
    [Theory]
    [InlineData("mirror 3 units:3")]
    [InlineData("data 2 redundancy 1 units:3")]
    public Task Whatever_is_made_with_its_metadata_while_a_unit_is_away_is_made_there(string words) =>
        AwayAsync(words, MissedEntries.PrepareAsync, MissedEntries.MakeAsync);

    [Fact]
    public Task Moved_directories_keep_their_files_and_removed_hard_links_go() =>
        AwayAsync("mirror 3 units:3", MissedEntries.PrepareAsync, MissedEntries.MoveAndRemoveAsync);

    /// <summary>As the one above, with a copy that has names only.</summary>
    [Fact]
    public async Task An_arbiter_is_healed_as_well()
    {
        string[] units = PoolHarness.Create(Workspace, "names").Units("pool1", 3);
        await AwayAsync(
            $"mirror {units[0]} {units[1]} arbiter {units[2]}", MissedEntries.PrepareAsync, MissedEntries.MoveAndRemoveAsync,
            units);
    }

    /// <summary>The unit finds the directory by its gfid afterwards: heals and NFS do not know its path.</summary>
    [Fact]
    public async Task A_directory_that_could_not_be_moved_is_found_by_its_gfid()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        await using FuseMount mount = await pools.MountAsync("pool1");
        Directory.CreateDirectory(mount.In("a/moved"));
        Directory.CreateDirectory(mount.In("b/moved/full"));
        Assert.Contains(
            "not empty", (await Command.RunAsync("mv", "-T", mount.In("a/moved"), mount.In("b/moved"))).Error,
            StringComparison.Ordinal);
        Assert.Contains(
            "not empty", (await Command.RunAsync("mv", "-T", mount.In("a"), mount.In("b"))).Error, StringComparison.Ordinal);
        foreach (
            string directory in pools.Units("pool1", 3)
            .SelectMany(unit => new[] { Path.Combine(unit, "a"), Path.Combine(unit, "a/moved") }))
        {
            string gfid = new Guid(await GfidAsync(directory), bigEndian: true).ToString();
            string unit = pools.Units("pool1", 3).Single(unit => directory.StartsWith(unit + "/", StringComparison.Ordinal));
            string handle = Path.Combine(unit, ".glusterfs", gfid[..2], gfid[2..4], gfid);
            Assert.Equal(await InodeAsync(directory), await InodeAsync(handle + "/."));
        }
    }

    /// <summary>A client moves a file by a name that it knows, which is still another file's on a unit that was away.</summary>
    [Fact]
    [Trait("Size", "long")]
    public async Task What_is_moved_before_its_directory_is_healed_is_the_same_file_everywhere()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 3);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1", "entry-timeout=600,attribute-timeout=600");
        foreach (string directory in new[] { "from", "aside", "to" })
        {
            Directory.CreateDirectory(mount.In(directory));
        }

        await File.WriteAllTextAsync(mount.In("from/file"), "old");
        await pools.HealedAsync("pool1", clients: 2);
        await pools.MustAsync("set", "pool1", "cluster.self-heal-daemon", "off");
        await pools.KillAsync("pool1", [2]);
        File.Move(mount.In("from/file"), mount.In("aside/file"));
        await File.WriteAllTextAsync(mount.In("from/file"), "new");
        await pools.MustAsync("start", "pool1");
        await pools.ConnectedAsync("pool1", clients: 2);
        File.Move(mount.In("from/file"), mount.In("to/file"));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(units[2], "to/file")));
        await pools.MustAsync("set", "pool1", "cluster.self-heal-daemon", "on");
        await pools.MustAsync("heal", "start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        await (await Manifest.CompileAsync(Workspace)).EqualAsync(units, hasContents: true);
        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(units[2], "to/file")));
    }

    /// <summary>
    /// All units are killed at once, when one has made a file and the others have not: there is nobody left to say so, and
    /// nothing is marked.
    /// </summary>
    [Theory]
    [InlineData("mirror 3 units:3", 3)]
    [LongData("data 4 redundancy 2 units:6", 6)]
    public async Task What_only_some_units_have_done_when_all_were_killed_is_the_same_everywhere(string words, int count)
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", count);
        await pools.CreateAsync("pool1", words.Split(' '));
        FuseMount mount = await pools.MountAsync("pool1");
        Directory.CreateDirectory(mount.In("d/below"));
        await pools.HealedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        await Command.MustAsync("ln", "-s", "target", mount.In("d/below/made"));
        await Command.MustAsync("mknod", mount.In("d/pipe"), "p");
        await Command.MustAsync("sh", "-c", $"touch '{mount.In("d/below/")}'$(printf 'no\\377utf8')");
        await pools.HealedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", Enumerable.Range(0, count));
        foreach (string unit in units[..(count / 3)])
        {
            await RemoveAsync(unit, "d/below/made");
            await Command.MustAsync("sh", "-c", $"rm '{Path.Combine(unit, "d/below")}'/no*");
            File.SetUnixFileMode(Path.Combine(unit, "d/pipe"), UnixFileMode.UserRead);
        }

        // The first time that nothing is said to be left, it is so: nobody waits for clients, or for a heal to have begun.
        var manifest = await Manifest.CompileAsync(Workspace);
        await pools.MustAsync("start", "pool1");
        await Until.SeesAsync(
            "the status says that nothing is left to be healed",
            () => pools.StatusAsync("pool1"),
            status => PoolHarness.CountWaiting(status) == 0, pools.Logs);
        await manifest.EqualAsync(units, hasContents: words.StartsWith("mirror", StringComparison.Ordinal));
        Assert.True(
            File.Exists(Path.Combine(units[0], "d/below/made")) ||
            new FileInfo(Path.Combine(units[0], "d/below/made")).LinkTarget == "target");
    }

    /// <summary>
    /// One unit has removed a directory that was being changed, and nobody knows: it is not what the removal changed that tells,
    /// but where it was.
    /// </summary>
    [Fact]
    [Trait("Size", "long")]
    public async Task A_directory_that_only_some_units_have_is_looked_for_where_it_was()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 3);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        Directory.CreateDirectory(mount.In("at/d"));
        await pools.HealedAsync("pool1", clients: 2);

        // What was noted of the directory above is compared, and forgotten.
        await pools.KillAsync("pool1", [0, 1, 2]);
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        await File.WriteAllTextAsync(mount.In("at/d/file"), "text");
        await pools.KillAsync("pool1", [0, 1, 2]);
        await RemoveAsync(units[1], "at/d/file");
        await RemoveAsync(units[1], "at/d");
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        await (await Manifest.CompileAsync(Workspace)).EqualAsync(units, hasContents: true);
    }

    /// <summary>
    /// Of two units that are good, one alone says what the third has missed, as after a removal that this one alone has seen
    /// fail. A heal takes the other one for its source, and ends: it has no list of the names.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [LongData(true)]
    public async Task What_one_unit_alone_accuses_another_of_is_healed(bool isEqualAlready)
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 3);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        await RemoveWhileAwayAsync(pools, away: 1);
        string gfid = new Guid(await GfidAsync(Path.Combine(units[0], "d")), bigEndian: true).ToString();
        string mark = "trusted.afr.pool1-client-1";
        Assert.NotEqual(new byte[12], await AttributeAsync(mark, Path.Combine(units[0], "d")));
        await Command.MustAsync("setfattr", "-n", mark, "-v", "0x" + new string('0', 24), Path.Combine(units[0], "d"));
        File.Delete(Path.Combine(units[0], ".glusterfs/indices/xattrop", gfid));
        Directory.Delete(Path.Combine(units[0], ".glusterfs/indices/entry-changes", gfid), recursive: true);
        if (isEqualAlready)
        {
            await RemoveAsync(units[1], "d/gone");
        }

        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 1);
        await (await Manifest.CompileAsync(Workspace)).EqualAsync(units, hasContents: true);
        Assert.Equal(new byte[12], await AttributeAsync(mark, Path.Combine(units[2], "d")));
    }

    /// <summary>A unit was changing a directory when it ended, and has missed a removal that is noted nowhere.</summary>
    [Fact]
    [Trait("Size", "long")]
    public async Task A_name_that_too_few_units_of_a_disperse_group_have_goes()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 6);
        await pools.CreateAsync("pool1", ["data", .. units[..4], "redundancy", .. units[4..]]);
        await RemoveWhileAwayAsync(pools, away: 5);
        foreach (string unit in units[..5])
        {
            await Command.MustAsync(
                "setfattr", "-n", "trusted.ec.dirty", "-v", "0x" + new string('0', 32), Path.Combine(unit, "d"));
            string gfid = new Guid(await GfidAsync(Path.Combine(unit, "d")), bigEndian: true).ToString();
            File.Delete(Path.Combine(unit, ".glusterfs/indices/xattrop", gfid));
        }

        Assert.True(File.Exists(Path.Combine(units[5], "d/gone")));
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 1);
        await (await Manifest.CompileAsync(Workspace)).EqualAsync(units, hasContents: false);
        Assert.Equal(await VersionAsync(Path.Combine(units[0], "d")), await VersionAsync(Path.Combine(units[5], "d")));
    }

    /// <summary>
    /// As heals without a directory for anonymous inodes left them: names that are gone from one unit, and nobody knows.
    /// </summary>
    [Fact]
    public async Task Lost_names_are_found_and_brought_back()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 3);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await MissedEntries.PrepareAsync(mount.Path);
        await pools.HealedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        Assert.Contains(" 0 differences", await pools.MustAsync("heal", "check", "pool1"), StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(units[2], "a/d3")))
        {
            string gfid = new Guid(await GfidAsync(file), bigEndian: true).ToString();
            File.Delete(Path.Combine(units[2], ".glusterfs", gfid[..2], gfid[2..4], gfid));
            File.Delete(file);
        }

        Command check = await pools.TryAsync("heal", "check", "pool1");
        Assert.Equal(20, check.ExitCode);
        Assert.Contains(" 10 differences", check.Output, StringComparison.Ordinal);
        Assert.Matches($@"{Environment.MachineName}:{units[2]} +missing +/a/d3/f7", check.Output);
        await pools.MustAsync("heal", "start", "pool1", "--full");
        await Until.SeesAsync(
            "a check finds no difference", () => pools.TryAsync("heal", "check", "pool1"), found => found.ExitCode == 0,
            () => string.Join(' ', Directory.GetFiles(Path.Combine(units[2], "a/d3"))));
        await pools.HealedAsync("pool1", clients: 2);
        await (await Manifest.CompileAsync(Workspace)).EqualAsync(units, hasContents: true);
    }

    /// <summary>
    /// As two units leave it that come back one after the other: one of them has a directory, empty, that has seen no change, and
    /// no index says so.
    /// </summary>
    [Fact]
    [Trait("Size", "long")]
    public async Task A_directory_of_a_disperse_group_that_has_missed_everything_is_found_and_healed()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 6);
        await pools.CreateAsync("pool1", ["data", .. units[..4], "redundancy", .. units[4..]]);
        FuseMount mount = await pools.MountAsync("pool1");
        Directory.CreateDirectory(mount.In("d"));
        await File.WriteAllTextAsync(mount.In("d/file"), "kept");
        Directory.CreateDirectory(mount.In("d/below"));
        await pools.HealedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        string lost = Path.Combine(units[5], "d");
        Assert.NotEqual(0, await VersionAsync(lost));
        await Command.MustAsync("setfattr", "-n", "trusted.ec.version", "-v", "0x" + new string('0', 32), lost);
        Command check = await pools.TryAsync("heal", "check", "pool1");
        Assert.Equal(20, check.ExitCode);
        Assert.Matches($@"{Environment.MachineName}:{units[5]} +at version 0 instead of \d+ +/d", check.Output);
        await pools.MustAsync("heal", "start", "pool1", "--full");
        await Until.SeesAsync(
            "a check finds no difference", () => pools.TryAsync("heal", "check", "pool1"), found => found.ExitCode == 0);
        Assert.Equal(await VersionAsync(Path.Combine(units[0], "d")), await VersionAsync(lost));

        // As many are there as must be, and it is one of them.
        await pools.HealedAsync("pool1", clients: 2);
        await pools.KillAsync("pool1", [1, 2]);
        await using FuseMount fresh = await pools.MountAsync("pool1");
        Assert.Equal("kept", await File.ReadAllTextAsync(fresh.In("d/file")));
        Assert.Equal(["below", "file"], Directory.GetFileSystemEntries(fresh.In("d")).Select(Path.GetFileName).Order());
    }

    // The pool is stopped afterwards.
    private static async Task RemoveWhileAwayAsync(PoolHarness pools, int away)
    {
        await using (FuseMount mount = await pools.MountAsync("pool1"))
        {
            Directory.CreateDirectory(mount.In("d"));
            await File.WriteAllTextAsync(mount.In("d/kept"), "kept");
            await File.WriteAllTextAsync(mount.In("d/gone"), "gone");
            await pools.HealedAsync("pool1", clients: 2);
            await pools.UnlockedAsync();
            await pools.KillAsync("pool1", [away]);
            File.Delete(mount.In("d/gone"));
        }

        await pools.MustAsync("stop", "pool1");
    }

    private async Task AwayAsync(string words, Func<string, Task> before, Func<string, Task> during, string[]? directories = null)
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = directories ?? pools.Units("pool1", 3);
        await pools.CreateAsync("pool1", words.Split(' '));
        FuseMount mount = await pools.MountAsync("pool1");
        await before(mount.Path);
        await pools.HealedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", [2]);
        await during(mount.Path);
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        Manifest manifest = await Manifest.CompileAsync(Workspace);
        bool hasContents = words.StartsWith("mirror 3", StringComparison.Ordinal);
        await manifest.EqualAsync(units, hasContents);
        Assert.NotEmpty(await manifest.OfUnitAsync(units[2], hasContents));
    }

    private static async Task<byte[]> AttributeAsync(string name, string path)
    {
        string output = await Command.MustAsync("getfattr", "-h", "--absolute-names", "-n", name, "-e", "hex", path);
        return Convert.FromHexString(output.Trim().Split("=0x")[1]);
    }

    private static Task<byte[]> GfidAsync(string path) => AttributeAsync("trusted.gfid", path);

    private static async Task RemoveAsync(string unit, string path)
    {
        string gfid = new Guid(await GfidAsync(Path.Combine(unit, path)), bigEndian: true).ToString();
        File.Delete(Path.Combine(unit, ".glusterfs", gfid[..2], gfid[2..4], gfid));
        await Command.MustAsync("rm", "-d", Path.Combine(unit, path));
    }

    private static async Task<long> VersionAsync(string path) =>
        BinaryPrimitives.ReadInt64BigEndian(await AttributeAsync("trusted.ec.version", path));

    private static async Task<long> InodeAsync(string path) =>
        long.Parse(await Command.MustAsync("stat", "-L", "-c", "%i", path), CultureInfo.InvariantCulture);
}

using System.Text.RegularExpressions;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Attack.Tests;

/// <summary>Who of a unit's machine may see <c>.glusterfs</c>, where every file has a second name.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed partial class HiddenDirectoryTests : IntegrationTest
{
    private const int Nobody = 65534;

    // As glusterd and glusterfsd of GlusterFS 10.3 make them; but the file of the health check, 0644 there, which others could
    // hold open for writing once (posix sets the process's umask to 0).
    private static readonly (string Path, string Mode)[] s_modes =
    [
        (".glusterfs", "600"), (".glusterfs/indices", "600"), (".glusterfs/indices/xattrop", "600"),
        (".glusterfs/indices/dirty", "600"),
        (".glusterfs/indices/entry-changes", "600"), (".glusterfs/unlink", "600"), (".glusterfs/landfill", "755"),
        (".glusterfs/health_check", "600"), (".glusterfs/recent-changes", "600"),
        (".glusterfs/??", "700"), (".glusterfs/??/??", "700"),
    ];

    [Theory]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("077")]
    public async Task A_new_unit_has_the_modes_of_glusterd(string umask)
    {
        UnitDefinition unit = await CreateUnitAsync();
        await StartAsync(unit, umask);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        await AssertModesAsync(unit.Directory);
    }

    [Fact]
    public async Task A_file_in_a_closed_directory_is_closed_by_its_handle_too_on_units_that_were_open_before_as_well()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await StartAsync(unit, "022");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Directory.CreateDirectory(mount.In("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(mount.In("closed/file"), "closed to others");
        await Command.MustAsync("chmod", "644", mount.In("closed/file"));

        // Nobody can come as far as the unit's directory.
        await Command.MustAsync("chmod", "755", Workspace.Root, Path.GetDirectoryName(unit.Directory)!, unit.Directory);
        string attribute = await Command.MustAsync(
            "getfattr", "-e", "hex", "-n", "trusted.gfid", "--absolute-names", Path.Combine(unit.Directory, "closed", "file"));
        string gfid = Guid.ParseExact(attribute.Trim().Split("=0x")[1], "N").ToString("D");
        string hidden = Path.Combine(unit.Directory, ".glusterfs");
        string handle = Path.Combine(hidden, gfid[..2], gfid[2..4], gfid);
        Assert.Equal("closed to others", await File.ReadAllTextAsync(handle));
        Assert.NotEqual(0, (await ReadAsNobodyAsync(Path.Combine(unit.Directory, "closed", "file"))).ExitCode);
        Assert.NotEqual(0, (await ReadAsNobodyAsync(handle)).ExitCode);

        // As units made it before, and their clients' files with it.
        await Until.SoAsync(
            "the unit has made the file of its health check",
            () => File.Exists(Path.Combine(hidden, "health_check")));
        Assert.Equal(0, await process.StopAsync());
        await Command.MustAsync(
            "bash", "-ec",
            "cd \"$1\"; chmod 755 . indices; find . -maxdepth 2 -name '??' -exec chmod 755 {} +; chmod 666 health_check", "open",
            hidden);
        Assert.Equal("closed to others", (await ReadAsNobodyAsync(handle)).Output);
        await StartAsync(unit, "000");
        Assert.NotEqual(0, (await ReadAsNobodyAsync(handle)).ExitCode);
        await AssertModeAsync(hidden, "600");
        await AssertModeAsync(Path.Combine(hidden, "indices"), "600");
        await Until.SeesAsync(
            "the file of the health check has mode 600", () => ModeAsync(Path.Combine(hidden, "health_check")),
            mode => mode == "600");
    }

    [Fact]
    public async Task Who_holds_the_file_of_the_health_check_open_cannot_change_it_any_more()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string file =
            Path.Combine(Directory.CreateDirectory(Path.Combine(unit.Directory, ".glusterfs")).FullName, "health_check");
        await File.WriteAllTextAsync(file, "x");
        await Command.MustAsync("chmod", "666", file);
        await using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        await StartAsync(unit, "022");
        await Until.SeesAsync(
            "the file of the health check is a new one, with mode 600 and a time in it",
            // For a moment there is none.
            async () => (await Command.RunAsync("stat", "-c", "%a %s", file)).Output.Trim(),
            now => now.StartsWith("600 ", StringComparison.Ordinal) && now is not ("600 0" or "600 1"));
        held.Seek(0, SeekOrigin.Begin);
        Assert.Equal('x', held.ReadByte());
        Assert.Equal(-1, held.ReadByte());
    }

    [Theory]
    [InlineData("000")]
    [InlineData("077")]
    public async Task A_pools_directories_have_them_from_the_start(string umask)
    {
        var pools = PoolHarness.Create(Workspace, through: ["sh", "-c", $"umask {umask}; exec \"$@\"", "sh"]);
        string unit = pools.Units("pool1", 1)[0];
        await pools.MustAsync("create", "pool1", unit, "--root-partition", "--no-start");
        await AssertModeAsync(Path.Combine(unit, ".glusterfs"), "600");
        await AssertModeAsync(Path.Combine(unit, ".glusterfs", "indices"), "600");
        await pools.MustAsync("delete", "pool1");
    }

    private Task<UnitProcess> StartAsync(UnitDefinition unit, string umask) =>
        UnitProcess.StartAsync(
            Workspace, unit, "bash", ["-c", $"umask {umask}; exec \"$0\" \"$@\"", Workspace.Program], ["--health-interval", "1"]);

    private static Task<Command> ReadAsNobodyAsync(string path) =>
        Command.RunAsync("setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "cat", path);

    private static async Task<string> ModeAsync(string path) => (await Command.MustAsync("stat", "-c", "%a", path)).Trim();

    private static async Task AssertModeAsync(string path, string mode) =>
        Assert.Equal((path, mode), (path, await ModeAsync(path)));

    private static async Task AssertModesAsync(string directory)
    {
        await Until.SoAsync(
            "the unit has made the file of its health check",
            () => File.Exists(Path.Combine(directory, ".glusterfs", "health_check")));
        string[] found =
        [
            .. (await Command.MustAsync(
                "find", Path.Combine(directory, ".glusterfs"), "(", "-type", "d", "-o", "-name", "health_check", "-o", "-name",
                "recent-changes", ")", "-printf", ".glusterfs/%P %m\n"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => HashDirectory().Replace(line.Replace("/ ", " ", StringComparison.Ordinal), "/??"))
                    .Distinct().Order(StringComparer.Ordinal),
        ];
        Assert.Equal(s_modes.Select(expected => $"{expected.Path} {expected.Mode}").Order(StringComparer.Ordinal), found);
    }

    [GeneratedRegex("/[0-9a-f]{2}(?=[/ ])")]
    private static partial Regex HashDirectory();
}

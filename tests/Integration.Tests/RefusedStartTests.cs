using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>What must not start: says so in one line and with its own exit code, and leaves everything as it was.</summary>
public sealed class RefusedStartTests : IntegrationTest
{
    private const int Usage = 2;
    private const int VolfileRefused = 3;
    private const int DirectoryRefused = 4;
    private const int PortUnavailable = 5;
    private const int SystemRefused = 12;
    private const int GraphFailed = 6;

    [Theory]
    [InlineData("volume a\n    type\nend-volume\n", "line 3: \"end-volume\" where a translator's type was expected")]
    [InlineData("", "no volume in it")]
    [InlineData("volume a\n    type debug/sink\n    option k v\nend-volume\n", "line 1: the top volume a is a debug/sink")]
    [InlineData("volume a\n    type storage/posix\n    option directory `pwd`\nend-volume\n", "line 3: a backtick")]
    public async Task A_volfile_that_is_wrong(string text, string words)
    {
        UnitDefinition unit = await CreateUnitAsync();
        await File.WriteAllTextAsync(unit.Volfile, text);
        await RefusesAsync(unit, VolfileRefused, $"volfile {unit.Volfile}: {words}");
    }

    [Fact]
    public async Task A_volfile_that_is_not_there()
    {
        UnitDefinition unit = await CreateUnitAsync();
        File.Delete(unit.Volfile);
        await RefusesAsync(unit, VolfileRefused, "Could not find file");
    }

    [Fact]
    public async Task A_volfile_that_is_a_pipe()
    {
        UnitDefinition unit = await CreateUnitAsync();
        File.Delete(unit.Volfile);
        await Command.MustAsync("mkfifo", unit.Volfile);
        await RefusesAsync(unit, VolfileRefused, "not a regular file");
    }

    [Fact]
    public async Task An_option_with_an_empty_value() => await RefusesAsync(
        await CreateUnitAsync(), Usage, "--init-directory has an empty value", "--init-directory=");

    [Fact]
    public async Task A_volfile_whose_bottom_is_not_installed()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string text = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(unit.Volfile, "volume x\n    type features/no-such\n    option k v\nend-volume\n" + text);
        await RefusesAsync(unit, VolfileRefused, "line 1: the translator features/no-such of volume x is not installed");
    }

    [Fact]
    public async Task A_directory_that_is_not_there()
    {
        UnitDefinition unit = await CreateUnitAsync();
        Directory.Delete(unit.Directory);
        await RefusesAsync(unit, DirectoryRefused, $"unit directory {unit.Directory}: there is no such directory");
    }

    [Fact]
    public async Task A_directory_that_is_a_file()
    {
        UnitDefinition unit = await CreateUnitAsync();
        Directory.Delete(unit.Directory);
        await File.WriteAllTextAsync(unit.Directory, "");
        await RefusesAsync(unit, DirectoryRefused, "it is not a directory");
    }

    [Fact]
    public async Task A_directory_without_a_volume_id()
    {
        UnitDefinition unit = await UnitDefinition.CreateAsync(Workspace, "pool1", "u1", withVolumeId: false);
        await RefusesAsync(unit, DirectoryRefused, "has no trusted.glusterfs.volume-id: is its file system mounted?");
    }

    [Fact]
    public async Task A_directory_of_another_volume()
    {
        UnitDefinition unit = await UnitDefinition.CreateAsync(Workspace, "pool1", "u1", withVolumeId: false);
        await UnitDefinition.SetVolumeIdAsync(unit.Directory, Guid.Parse("11111111-2222-3333-4444-555555555555"));
        await RefusesAsync(
            unit, DirectoryRefused, $"belongs to volume 11111111-2222-3333-4444-555555555555, not to {unit.VolumeId}",
            "--init-directory");
    }

    [Fact]
    public async Task A_volume_id_of_the_wrong_length()
    {
        UnitDefinition unit = await UnitDefinition.CreateAsync(Workspace, "pool1", "u1", withVolumeId: false);
        await Command.MustAsync("setfattr", "-n", "trusted.glusterfs.volume-id", "-v", "0x0102", unit.Directory);
        await RefusesAsync(unit, DirectoryRefused, "is not 16 bytes long");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_port_in_use(string address)
    {
        UnitDefinition unit = await CreateUnitAsync();
        using var other = new TcpListener(IPAddress.Parse(address), unit.Port);
        other.Start();
        await RefusesAsync(unit, PortUnavailable, $"port {unit.Port} is in use");
    }

    [Fact]
    public async Task A_directory_that_another_unit_serves()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        Command result = await StartAsync(unit with { Port = Ports.Free() });
        Assert.Equal(DirectoryRefused, result.ExitCode);
        Assert.Contains("another process serves it", OneLine(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_cannot_be_written()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await RefusesAsync(unit, Usage, "cannot open the log /proc/no/such.log", "--log", "/proc/no/such.log");
    }

    [Fact]
    public async Task A_libkfsd_of_another_build_or_none()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string[] functions =
            [.. (await File.ReadAllLinesAsync(Path.Combine(Workspace.Source, "native", "exports")))
                .Where(name => name.StartsWith("kfsd_", StringComparison.Ordinal))];
        string directory = Directory.CreateDirectory(Workspace.Path("program")).FullName;
        string program = Path.Combine(directory, "kadalu-fsd");
        File.Copy(Workspace.Program, program);
        await RefusesAsync(program, unit, GraphFailed, $"cannot load {directory}/libkfsd.so");
        await CompileAsync(directory, functions[1..]);
        await RefusesAsync(
            program, unit, GraphFailed, "libkfsd.so lacks 1 functions that this program needs: install both from one build");
        await CompileAsync(directory, functions);
        await RefusesAsync(program, unit, GraphFailed, "libkfsd.so has interface 0, this program needs ");
        File.Copy(
            Path.Combine(Path.GetDirectoryName(Workspace.Program)!, "libkfsd.so"), Path.Combine(directory, "libkfsd.so"),
            overwrite: true);
        await RefusesAsync(
            program, unit, GraphFailed, $"{directory}/translators/10 lacks kadalu/guard: install all of one build");
        await Command.MustAsync("cp", "-r", Path.Combine(Path.GetDirectoryName(Workspace.Program)!, "translators"), directory);
        await RefusesAsync(program, unit, SystemRefused, "a library is missing that comes with the program, or that it needs: ");
    }

    [Theory]
    [InlineData("kadalu/guard", "every unit puts into its graph itself")]
    [InlineData("kadalu/../guard", "is not a translator's type")]
    [InlineData("../../../../tmp/evil", "is not a translator's type")]
    [InlineData("features/locks/x", "is not a translator's type")]
    public async Task A_volfile_that_names_a_translator_by_its_path_or_the_guard(string type, string words)
    {
        UnitDefinition unit = await CreateUnitAsync();
        string text = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(unit.Volfile, text.Replace("type features/locks", "type " + type, StringComparison.Ordinal));
        await RefusesAsync(unit, VolfileRefused, words);
    }

    [Fact]
    public async Task Options_that_are_wrong()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await RefusesAsync(unit, Usage, "--stop-timeout: \"x\" is not seconds", "--stop-timeout", "x");
        await RefusesAsync(unit, Usage, "there is no option --prot here", "--prot", "1");
        foreach (string option in (string[])["--pool-port", "--node-port"])
        {
            await RefusesAsync(
                unit, Usage, $"port {unit.Port} is the unit's own: {option} needs another", option,
                unit.Port.ToString(CultureInfo.InvariantCulture));
        }
        await RefusesAsync(unit, Usage, "'unit'", "unit");
    }

    [Theory]
    [InlineData("--log", "it is a named pipe that nobody reads")]
    [InlineData("--access-log", "it is a named pipe that nobody reads")]
    [InlineData("--pid-file", "there is something else than a file")]
    [InlineData("--control", "there is something else than a socket")]
    public async Task A_named_pipe_in_the_place_of_a_file_holds_nothing_up_and_stays(string option, string words)
    {
        UnitDefinition unit = await CreateUnitAsync();
        string pipe = Workspace.Path("pipe");
        await Command.MustAsync("mkfifo", pipe);
        Command refused = await StartAsync(unit, option, pipe);
        Assert.Equal(option == "--control" ? PortUnavailable : Usage, refused.ExitCode);
        Assert.Contains(words, OneLine(refused), StringComparison.Ordinal);
        Assert.Equal("fifo", (await Command.MustAsync("stat", "-c", "%F", pipe)).Trim());
    }

    [Fact]
    public async Task An_option_in_the_file_that_a_variable_names()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string file = Workspace.Path("options.json");
        await File.WriteAllTextAsync(file, """{"stop-timeout": "x"}""");
        Command result = await Command.RunAsync(
            Workspace.Program, new Dictionary<string, string> { ["KADALU_FSD_CONFIG"] = file },
            ["unit", "--volfile", unit.Volfile]);
        Assert.Equal(Usage, result.ExitCode);
        Assert.Contains($"\"stop-timeout\" in {file}: \"x\" is not seconds", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'pol'", "kadalu-fsd", "pol", "status")]
    [InlineData("there is no command \"lst\" here: create, ", "kadalu", "pool", "lst")]
    [InlineData("there is no command \"stat\" here: status, ", "kadalu", "heal", "stat")]
    public async Task A_command_that_there_is_not_is_named(string words, string program, params string[] arguments)
    {
        Command result = await Command.RunAsync(Path.Combine(Path.GetDirectoryName(Workspace.Program)!, program), arguments);
        Assert.Equal(Usage, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_translator_that_does_not_come_up_is_named_from_the_log()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string text = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(
            unit.Volfile,
            text.Replace(
                "type performance/io-threads", "type performance/io-threads\n    option thread-count 9999",
                StringComparison.Ordinal));
        Command result = await StartAsync(unit);
        Assert.Equal(GraphFailed, result.ExitCode);
        Assert.Contains("the graph did not come up", OneLine(result), StringComparison.Ordinal);
        Assert.Contains("'9999' in 'option thread-count 9999' is out of range", OneLine(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_to_a_unit_writes_its_id_onto_an_empty_directory_once()
    {
        UnitDefinition unit = await UnitDefinition.CreateAsync(Workspace, "pool1", "u1", withVolumeId: false);
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--init-directory");
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains(
            unit.VolumeId.ToString("N"),
            await Command.MustAsync("getfattr", "-n", "trusted.glusterfs.volume-id", "-e", "hex", unit.Directory),
            StringComparison.Ordinal);
        await (await UnitProcess.StartAsync(Workspace, unit)).StopAsync();
    }

    private static string OneLine(Command result)
    {
        Assert.StartsWith("kadalu-fsd: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(result.Error.Length - 1, result.Error.IndexOf('\n', StringComparison.Ordinal));
        return result.Error;
    }

    // A library whose functions all return 0.
    private static async Task CompileAsync(string directory, IEnumerable<string> functions)
    {
        string source = Path.Combine(directory, "libkfsd.c");
        await File.WriteAllLinesAsync(source, functions.Select(name => $"long {name}(void) {{ return 0; }}"));
        await Command.MustAsync("cc", "-shared", "-fPIC", "-o", Path.Combine(directory, "libkfsd.so"), source);
    }

    private Task RefusesAsync(UnitDefinition unit, int code, string words, params string[] arguments) =>
        RefusesAsync(Workspace.Program, unit, code, words, arguments);

    private async Task RefusesAsync(string program, UnitDefinition unit, int code, string words, params string[] arguments)
    {
        string before = await SnapshotAsync();
        Command result = await StartAsync(program, unit, arguments);
        Assert.Equal((code, ""), (result.ExitCode, result.Output));
        Assert.Contains(words, OneLine(result), StringComparison.Ordinal);
        Assert.Equal(before, await SnapshotAsync());
    }

    private Task<Command> StartAsync(UnitDefinition unit, params string[] arguments) =>
        StartAsync(Workspace.Program, unit, arguments);

    private Task<Command> StartAsync(string program, UnitDefinition unit, params string[] arguments) => Command.RunAsync(
        program,
        ["unit", "--volfile", unit.Volfile, "--port", unit.Port.ToString(CultureInfo.InvariantCulture), "--predecessor-timeout",
            "0.1",
         .. arguments.Contains("--log") ? Array.Empty<string>() : ["--log", Workspace.Path("logs", "unit.log")], .. arguments]);

    // Names, times and extended attributes of everything there is.
    private async Task<string> SnapshotAsync() =>
        await Command.MustAsync("find", Workspace.Root, "-printf", "%p %T@ %m %s\n") +
        await Command.MustAsync("getfattr", "-R", "-d", "-m", "-", "-e", "hex", "--absolute-names", Workspace.Root);
}

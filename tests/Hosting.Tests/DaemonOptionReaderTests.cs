using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;

namespace KadaluFsd.Hosting.Tests;

public sealed class DaemonOptionReaderTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_flag_wins_over_the_environment_which_wins_over_the_file()
    {
        File.WriteAllText(
            _file,
            """{ "volfile": "/file.vol", "port": 1, "log-level": "debug", "init-directory": true, "stop-timeout": 1.5 }""");
        var environment = new Dictionary<string,
        string>
        { ["KADALU_FSD_PORT"] = "2", ["KADALU_FSD_VOLFILE"] = "/environment.vol" };
        DaemonOptions options = Read(new() { ["port"] = "3" }, environment, _file);
        Assert.Equal(3, options.Port);
        Assert.Equal("/environment.vol", options.Volfile);
        Assert.Equal(GlusterLogLevel.Debug, options.LogLevel);
        Assert.True(options.InitDirectory);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.StopTimeout);
    }

    [Fact]
    public void What_is_not_given_has_its_documented_default()
    {
        DaemonOptions options = Read(new() { ["volfile"] = "/v", ["port"] = "1" });
        Assert.Equal(new DaemonOptions { Volfile = "/v", Port = 1 }, options);
        Assert.Equal("-", options.Log);
        Assert.False(options.InitDirectory);
        Assert.Equal(TimeSpan.FromSeconds(10), options.HeaderTimeout);
    }

    [Fact]
    public void A_gateway_needs_nothing_and_has_no_options_of_a_unit()
    {
        Assert.Equal(
            new DaemonOptions(),
            DaemonOptionReader.Read(DaemonCommands.Gateway, new Dictionary<string, string>(), _ => null, null));
        File.WriteAllText(_file, """{ "port": 1 }""");
        CommandException refused = Assert.Throws<CommandException>(
            () => DaemonOptionReader.Read(DaemonCommands.Gateway, new Dictionary<string, string>(), _ => null, _file));
        Assert.Contains("there is no option \"port\"", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("localhost:24007")]
    public void A_gateway_listens_on_an_address_with_a_port(string listen) =>
        Assert.Throws<CommandException>(() => DaemonOptionReader.Read(
            DaemonCommands.Gateway, new Dictionary<string, string> { ["listen"] = listen }, _ => null, null));

    [Fact]
    public void Paths_become_absolute() =>
        Assert.Equal(Path.GetFullPath("v"), Read(new() { ["volfile"] = "v", ["port"] = "1" }).Volfile);

    [Theory]
    [InlineData("port", "0", "--port: \"0\" is not a whole number from 1 to 65535")]
    [InlineData("port", "65536", "--port")]
    [InlineData("port", "1x", "--port")]
    [InlineData("port", "-1", "--port")]
    [InlineData("volfile", "", "--volfile: \"\" is not a path")]
    [InlineData("log-level", "loud", "--log-level: \"loud\" is not CRITICAL")]
    [InlineData("log-level", "3", "--log-level")]
    [InlineData("init-directory", "maybe", "--init-directory: \"maybe\" is not true or false")]
    [InlineData("header-timeout", "0", "--header-timeout: \"0\" is not seconds")]
    [InlineData("header-timeout", "1e9", "--header-timeout")]
    [InlineData("call-timeout", "NaN", "--call-timeout")]
    [InlineData("stop-timeout", "4000", "--stop-timeout")]
    [InlineData("max-undecided", "0", "--max-undecided")]
    [InlineData("max-volfile-connections", "1000001", "--max-volfile-connections")]
    public void A_wrong_value_is_refused_with_what_is_allowed(string name, string value, string words) =>
        Refuses(words, new() { ["volfile"] = "/v", ["port"] = "1", [name] = value });

    [Fact]
    public void Every_option_refuses_something()
    {
        foreach (OptionDefinition definition in DaemonOptionTable.All)
        {
            Assert.Throws<FormatException>(() => definition.Apply(new DaemonOptions(), "\0"));
        }
    }

    [Fact]
    public void What_is_missing_is_named_with_every_way_to_give_it()
    {
        Refuses("--volfile FILE is missing (or KADALU_FSD_VOLFILE", new() { ["port"] = "1" });
        Refuses("--port N is missing", new() { ["volfile"] = "/v" });
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{ "prot": 1 }""", "there is no option \"prot\"")]
    [InlineData("""{ "port": [1] }""", "must be a string, a number or a truth value")]
    [InlineData("""{ "port": 0 }""", "\"port\" in")]
    public void A_file_that_is_wrong_is_refused(string json, string words)
    {
        File.WriteAllText(_file, json);
        Refuses(words, new() { ["volfile"] = "/v" }, _file);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Refuses("/no/such/file", [], "/no/such/file");

    private static void Refuses(string words, Dictionary<string, string> flags, string? file = null)
    {
        CommandException refused = Assert.Throws<CommandException>(() => Read(flags, [], file));
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pools_name_says_where_its_self_heal_daemon_finds_everything_unless_it_is_told()
    {
        DaemonOptions options = DaemonOptionReader.Read(
            DaemonCommands.HealDaemon, new Dictionary<string, string> { ["pool"] = "pool1" }, _ => null, null);
        Assert.Equal(
            ("/var/lib/kadalu/volfiles/shd.pool1.vol", "/run/kadalu/shd.pool1.control.sock", "shd/pool1"),
            (options.Volfile, options.Control, options.VolfileId));
        options =
            DaemonOptionReader.Read(
                DaemonCommands.HealDaemon, new Dictionary<string,
                string>
                { ["pool"] = "pool1", ["volfile"] = "/v.vol", ["control"] = "/c" }, _ => null, null);
        Assert.Equal(("/v.vol", "/c", "shd/pool1"), (options.Volfile, options.Control, options.VolfileId));
        Assert.Contains(
            "--volfile",
            Assert.Throws<CommandException>(
                () => DaemonOptionReader.Read(DaemonCommands.HealDaemon, new Dictionary<string, string>(), _ =>
                    null, null)).Message, StringComparison.Ordinal);
        Assert.Contains("a pool's name", Assert.Throws<CommandException>(
            () => DaemonOptionReader.Read(DaemonCommands.HealDaemon, new Dictionary<string, string> { ["pool"] = "../x" }, _ =>
                null, null)).Message, StringComparison.Ordinal);
    }

    private static DaemonOptions Read(
        Dictionary<string, string> flags, Dictionary<string, string>? environment = null, string? file = null) =>
        DaemonOptionReader.Read(DaemonCommands.Unit, flags, name => environment?.GetValueOrDefault(name), file);
}

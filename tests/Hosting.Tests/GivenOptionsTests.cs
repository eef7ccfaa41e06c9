using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Hosting.Options;

namespace KadaluFsd.Hosting.Tests;

/// <summary>Where options come from, how they are written, and what is said of one that is wrong.</summary>
public sealed class GivenOptionsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_flag_wins_over_the_environment_which_wins_over_the_file()
    {
        File.WriteAllText(
            _file,
            """{ "volfile": "/file.vol", "port": 1, "log-level": "debug", "init-directory": true, "stop-timeout": 1.5 }""");
        var environment = new Dictionary<string, string>
        {
            ["KADALU_FSD_PORT"] = "2",
            ["KADALU_FSD_VOLFILE"] = "/environment.vol",
        };
        GivenOptions given = Read(new() { ["port"] = "3" }, environment, _file);
        Assert.Equal(("3", "/environment.vol"), (given["port"], given["volfile"]));
        Assert.Equal(GlusterLogLevel.Debug, LogOptions.Of(given).Level);
        Assert.Equal(("True", "00:00:01.5000000"), (given["init-directory"], given["stop-timeout"]));
    }

    [Fact]
    public void What_is_not_given_has_its_documented_default()
    {
        GivenOptions given = Read(new() { ["volfile"] = "/v", ["port"] = "1" });
        LogOptions log = LogOptions.Of(given);
        Assert.Equal(("-", GlusterLogLevel.Info, LogFormat.Text, 200), (log.Path, log.Level, log.Format, log.Limit));
        ProcessOptions process = ProcessOptions.Of(given);
        Assert.Equal((null, null), (process.PidFile, process.Control));
    }

    [Fact]
    public void What_is_given_reaches_the_classes_that_it_is_bound_to()
    {
        GivenOptions given = Read(new()
        {
            ["volfile"] = "/v",
            ["port"] = "1",
            ["log"] = "l",
            ["log-level"] = "wArning",
            ["log-format"] = "json",
            ["log-limit"] = "0",
            ["pid-file"] = "p",
            ["control"] = "/c",
        });
        LogOptions log = LogOptions.Of(given);
        Assert.Equal(
            (Path.GetFullPath("l"), GlusterLogLevel.Warning, LogFormat.Json, 0), (log.Path, log.Level, log.Format, log.Limit));
        ProcessOptions process = ProcessOptions.Of(given);
        Assert.Equal((Path.GetFullPath("p"), "/c"), (process.PidFile, process.Control));
    }

    [Fact]
    public void A_gateway_needs_nothing_and_has_no_options_of_a_unit()
    {
        Assert.Null(GivenOptions.Read(DaemonCommands.Gateway, new Dictionary<string, string>(), _ => null, null)["volfile"]);
        File.WriteAllText(_file, """{ "port": 1 }""");
        CommandException refused = Assert.Throws<CommandException>(
            () => GivenOptions.Read(DaemonCommands.Gateway, new Dictionary<string, string>(), _ => null, _file));
        Assert.Contains("there is no option \"port\"", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port", "1x", "--port: \"1x\" is not a whole number from 1 to 65535")]
    [InlineData("port", "-1", "--port")]
    [InlineData("port", "+1", "--port")]
    [InlineData("port", "", "--port: \"\" is not a whole number")]
    [InlineData("port", "99999999999", "--port")]
    [InlineData("volfile", "", "--volfile: \"\" is not a path")]
    [InlineData("log-level", "loud", "--log-level: \"loud\" is not CRITICAL")]
    [InlineData("log-level", "3", "--log-level")]
    [InlineData("log-format", "1", "--log-format: \"1\" is not text or json")]
    [InlineData("log-format", "JSON", "--log-format")]
    [InlineData("tls", "", "--tls: \"\" is not auto, off or required")]
    [InlineData("init-directory", "maybe", "--init-directory: \"maybe\" is not true or false")]
    [InlineData("header-timeout", "1e9", "--header-timeout: \"1e9\" is not seconds, from 0.1 to 3600")]
    [InlineData("header-timeout", "1,5", "--header-timeout")]
    [InlineData("header-timeout", "00:00:05", "--header-timeout")]
    [InlineData("call-timeout", "NaN", "--call-timeout")]
    [InlineData("stop-timeout", "99999999999999999999", "--stop-timeout")]
    public void A_value_that_is_not_of_its_form_is_refused_with_what_is_allowed(string name, string value, string words) =>
        Refuses(words, new() { ["volfile"] = "/v", ["port"] = "1", [name] = value });

    [Theory]
    [InlineData("yes", "True")]
    [InlineData("ON", "True")]
    [InlineData("1", "True")]
    [InlineData("false", "False")]
    [InlineData("No", "False")]
    public void A_switch_can_be_written_in_several_ways(string text, string value) => Assert.Equal(
        value, Read(new() { ["volfile"] = "/v", ["port"] = "1", ["init-directory"] = text })["init-directory"]);

    [Fact]
    public void Where_a_value_came_from_is_named_whichever_check_refuses_it()
    {
        File.WriteAllText(_file, """{ "log-limit": 1000001 }""");
        var flags = new Dictionary<string, string> { ["volfile"] = "/v", ["port"] = "1", ["log-level"] = "info" };
        Assert.Equal(
            $"\"log-limit\" in {_file}: \"1000001\" is not a whole number from 0 to 1000000", RefusedLog(Read(flags, null, _file)));
        Assert.Equal(
            "KADALU_FSD_LOG_LIMIT: \"1000002\" is not a whole number from 0 to 1000000",
            RefusedLog(Read(flags, new() { ["KADALU_FSD_LOG_LIMIT"] = "1000002" }, _file)));
        flags["log-limit"] = "1000003";
        Assert.Equal(
            "--log-limit: \"1000003\" is not a whole number from 0 to 1000000",
            RefusedLog(Read(flags, new() { ["KADALU_FSD_LOG_LIMIT"] = "x" }, _file)));
    }

    [Fact]
    public void A_file_with_a_byte_order_mark_is_read()
    {
        File.WriteAllText(_file, "\uFEFF{ \"volfile\": \"/v\", \"port\": 7 }");
        Assert.Equal("7", Read([], null, _file)["port"]);
    }

    [Fact]
    public void A_file_without_an_end_is_refused() => Assert.Equal(
        "/dev/zero: longer than 1048576 bytes",
        Assert.Throws<CommandException>(() => Read([], null, "/dev/zero")).Message);

    [Fact]
    public void A_file_that_has_an_option_twice_is_refused()
    {
        File.WriteAllText(_file, """{ "volfile": "/v", "port": 1, "allow": "10.0.0.0/8", "allow": "0.0.0.0/0" }""");
        CommandException refused = Assert.Throws<CommandException>(() => Read([], null, _file));
        Assert.Equal($"{_file}: option \"allow\" is there twice", refused.Message);
    }

    [Fact]
    public void What_something_else_wins_over_may_be_wrong()
    {
        File.WriteAllText(_file, """{ "port": "no port" }""");
        Assert.Equal("7", Read(new() { ["volfile"] = "/v", ["port"] = "7" }, null, _file)["port"]);
    }

    [Fact]
    public void A_variable_that_is_empty_is_a_value()
    {
        CommandException refused = Assert.Throws<CommandException>(
            () => Read(new() { ["volfile"] = "/v", ["port"] = "1" }, new() { ["KADALU_FSD_NODE_PORT"] = "" }));
        Assert.StartsWith("KADALU_FSD_NODE_PORT: \"\" is not a whole number", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_named_with_every_way_to_give_it()
    {
        Refuses("--volfile FILE is missing (or KADALU_FSD_VOLFILE", new() { ["port"] = "1" });
    }

    [Fact]
    public void What_the_administrator_of_a_machine_says_wins_over_the_pools_file()
    {
        File.WriteAllText(_file, """{ "volfile": "/v", "log-limit": 1, "allow": "10.0.0.0/8" }""");
        string local = _file + ".local";
        GivenOptions ReadBoth(params (string Name, string Value)[] variables) => GivenOptions.Read(
            DaemonCommands.Unit, new Dictionary<string, string>(),
            name => variables.Where(pair => pair.Name == name).Select(pair => pair.Value).FirstOrDefault(), _file, local);

        Assert.Equal("1", ReadBoth()["log-limit"]);
        File.WriteAllText(local, """{ "log-limit": 2 }""");
        try
        {
            Assert.Equal(("2", "10.0.0.0/8"), (ReadBoth()["log-limit"], ReadBoth()["allow"]));
            Assert.Equal("3", ReadBoth(("KADALU_FSD_LOG_LIMIT", "3"))["log-limit"]);
            File.WriteAllText(local, """{ "log-limit": "many" }""");
            Assert.StartsWith(
                $"\"log-limit\" in {local}: \"many\" is not", Assert.Throws<CommandException>(() => ReadBoth()).Message,
                StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(local);
        }
    }

    [Theory]
    [InlineData("{", "line 1: not JSON")]
    [InlineData("{\n\"port\": 1,\n,}", "line 3: not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{ "prot": 1 }""", "there is no option \"prot\"")]
    [InlineData("""{ "Port": 1 }""", "there is no option \"Port\"")]
    [InlineData("""{ "port:0": 1 }""", "there is no option \"port:0\"")]
    [InlineData("""{ "volfile-id": "x" }""", "there is no option \"volfile-id\"")]
    [InlineData("""{ "port": [1] }""", "option \"port\" must be a string, a number or a truth value")]
    [InlineData("""{ "port": null }""", "option \"port\" must be a string, a number or a truth value")]
    [InlineData("""{ "allow": [] }""", "option \"allow\" must be a string, a number or a truth value")]
    [InlineData("""{ "allow": {} }""", "option \"allow\" must be a string, a number or a truth value")]
    [InlineData("""{ "port": 1.5 }""", "\"port\" in")]
    public void A_file_that_is_wrong_is_refused(string json, string words)
    {
        File.WriteAllText(_file, json);
        Refuses(words, new() { ["volfile"] = "/v" }, _file);
    }

    [Fact]
    public void A_file_may_have_comments_and_a_comma_too_many()
    {
        File.WriteAllText(_file, "{\n// Where clients come.\n\"port\": \"7\", /* mine */ \"volfile\": \"/v\",\n}");
        Assert.Equal("7", Read([], null, _file)["port"]);
    }

    [Fact]
    public void A_file_that_is_not_there_or_too_long_is_refused()
    {
        Refuses("/no/such/file: ", [], "/no/such/file");
        File.WriteAllText(_file, "{}" + new string(' ', 1024 * 1024));
        Refuses("longer than 1048576 bytes", [], _file);
    }

    [Fact]
    public void A_pools_name_says_where_its_self_heal_daemon_finds_everything_unless_it_is_told()
    {
        GivenOptions given = ReadHealDaemon(new() { ["pool"] = "pool1" });
        Assert.Equal(
            ("/var/lib/kadalu/volfiles/shd.pool1.vol", "/run/kadalu/shd.pool1.control.sock", "shd/pool1"),
            (given["volfile"], given["control"], given["volfile-id"]));
        given = ReadHealDaemon(new() { ["pool"] = "pool1", ["volfile"] = "/v.vol", ["control"] = "/c" });
        Assert.Equal(("/v.vol", "/c", "shd/pool1"), (given["volfile"], given["control"], given["volfile-id"]));
        Assert.Contains(
            "--volfile", Assert.Throws<CommandException>(() => ReadHealDaemon([])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "--pool: \"../x\" is not a pool's name",
            Assert.Throws<CommandException>(() => ReadHealDaemon(new() { ["pool"] = "../x" })).Message, StringComparison.Ordinal);
    }

    private static void Refuses(string words, Dictionary<string, string> flags, string? file = null)
    {
        CommandException refused = Assert.Throws<CommandException>(() => Read(flags, [], file));
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private static string RefusedLog(GivenOptions given)
    {
        CommandException refused = Assert.Throws<CommandException>(() => LogOptions.Of(given));
        Assert.Equal(ExitCode.Usage, refused.Code);
        return refused.Message;
    }

    private static GivenOptions ReadHealDaemon(Dictionary<string, string> flags) =>
        GivenOptions.Read(DaemonCommands.HealDaemon, flags, _ => null, null);

    private static GivenOptions Read(
        Dictionary<string, string> flags, Dictionary<string, string>? environment = null, string? file = null) =>
        GivenOptions.Read(DaemonCommands.Unit, flags, name => environment?.GetValueOrDefault(name), file);
}

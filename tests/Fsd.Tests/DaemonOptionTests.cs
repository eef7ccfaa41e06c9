using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using KadaluFsd.Agent;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Unit;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Configuration;

namespace KadaluFsd.Fsd.Tests;

/// <summary>All options of all commands, from what is given to what their owners are told.</summary>
public sealed partial class DaemonOptionTests : IDisposable
{
    private const DaemonCommands Unit = DaemonCommands.Unit;

    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string> Names => [.. DaemonOptionTable.All.Select(option => option.Name)];

    public void Dispose() => File.Delete(_file);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_option_refuses_something_and_is_named_then(string name)
    {
        OptionDefinition option = DaemonOptionTable.All.Single(option => option.Name == name);
        Assert.StartsWith($"--{name}: \"\0\" is not ", Refused(option, "\0"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_options_limits_are_those_that_people_are_told_of()
    {
        int seen = 0;
        foreach (OptionDefinition option in DaemonOptionTable.All)
        {
            string expected = option.Form.Expected ?? "";
            if (WholeNumbers().Match(expected) is { Success: true } match)
            {
                (int low, int high) = (Number(match.Groups[1].Value), Number(match.Groups[2].Value));
                Create(option, Text(low));
                Create(option, Text(high));
                Assert.Equal($"--{option.Name}: \"{high + 1}\" is not {expected}", Refused(option, Text(high + 1)));
                Assert.StartsWith($"--{option.Name}: ", Refused(option, Text(low - 1)), StringComparison.Ordinal);
                seen++;
            }
            else if (expected.Contains("seconds", StringComparison.Ordinal))
            {
                if (expected.StartsWith("0, or ", StringComparison.Ordinal))
                {
                    Create(option, "0");
                }
                else
                {
                    Assert.Equal($"--{option.Name}: \"0\" is not {expected}", Refused(option, "0"));
                }

                Create(option, "0.1");
                Create(option, "3600");
                Assert.Equal($"--{option.Name}: \"0.09\" is not {expected}", Refused(option, "0.09"));
                Assert.Equal($"--{option.Name}: \"3600.1\" is not {expected}", Refused(option, "3600.1"));
                seen++;
            }
        }

        Assert.Equal(18, seen);
    }

    [Fact]
    public void Every_option_is_bound_by_somebody_and_nothing_else_is()
    {
        Assembly[] owners = [typeof(GivenOptions).Assembly, typeof(ControlOptions).Assembly, typeof(ListenOptions).Assembly,
            typeof(StorageUnit).Assembly, typeof(NodeAgent).Assembly];
        IEnumerable<string> bound = owners.SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetProperties())
            .Select(property => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name).OfType<string>();
        Assert.Equal(
            DaemonOptionTable.All.Select(option => option.Name).Where(name => name != "pool")
                .Concat(
                    [GlusterfsdKeys.BrickName, GlusterfsdKeys.KeepPidFile, GlusterfsdKeys.VolfileId, GlusterfsdKeys.XlatorOption])
                .Order(),
            bound.Distinct().Order());
    }

    [Fact]
    public void What_a_pool_tells_a_unit_is_read_as_it_was_meant()
    {
        var start = new UnitStart
        {
            Volfile = "/v/p.n.u.vol",
            Port = 24200,
            Volfiles = "/v",
            Log = "/l/ünit \"1\".log",
            PidFile = "/r/u.pid",
            Control = "/r/u.control.sock",
            NodePort = 24199,
            PoolPort = 24100,
        };
        GivenOptions given = ReadFile(Unit, start.ToJson());
        var listen = ListenOptions.Of(given);
        Assert.Equal((24200, 24199, 24100), (listen.Port, listen.NodePort, listen.PoolPort));
        Assert.Equal(
            (start.Volfile, start.Volfiles, start.Log, start.PidFile, start.Control),
            (given["volfile"], given["volfiles"], given["log"], given["pid-file"], given["control"]));
        Assert.Null(ListenOptions.Of(ReadFile(Unit, (start with { PoolPort = null }).ToJson())).PoolPort);
    }

    [Fact]
    public void What_a_pool_tells_a_self_heal_daemon_is_read_as_it_was_meant()
    {
        var start = new HealDaemonStart { Pool = "p", Volfile = "/v", Log = "/l", PidFile = "/p", Control = "/c" };
        GivenOptions given = ReadFile(DaemonCommands.HealDaemon, start.ToJson());
        Assert.Equal(
            ("/v", "/l", "/p", "/c", "shd/p"),
            (given["volfile"], given["log"], given["pid-file"], given["control"], given[GlusterfsdKeys.VolfileId]));
    }

    [Fact]
    public void What_earlier_versions_have_installed_is_read()
    {
        var given = ReadFile(
            Unit,
            """
            {
              "volfile": "/v",
              "port": "24200",
              "volfiles": "/var/lib/kadalu/volfiles",
              "node-port": "24199",
              "init-directory": "true",
              "stop-timeout": "2.5"
            }
            """u8.ToArray());
        Assert.Equal((24200, 24199), (ListenOptions.Of(given).Port, ListenOptions.Of(given).NodePort));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // Refused before anything has been started: nothing runs here.
    private static void Create(OptionDefinition option, string value)
    {
        DaemonCommands command =
            new[] { Unit, DaemonCommands.HealDaemon, DaemonCommands.Gateway, DaemonCommands.Agent }
                .First(one => option.Commands.HasFlag(one));
        Dictionary<string, string> flags =
            command is DaemonCommands.Gateway or DaemonCommands.Agent ? [] : new() { ["volfile"] = "/v" };
        if (command == Unit)
        {
            flags["port"] = "1";
        }

        flags[option.Name] = value;
        Assert.NotNull(DaemonCommand.CreateProcess(command, GivenOptions.Read(command, flags, _ => null, null)));
    }

    private static string Refused(OptionDefinition option, string value)
    {
        CommandException refused = Assert.Throws<CommandException>(() => Create(option, value));
        Assert.Equal(ExitCode.Usage, refused.Code);
        return refused.Message;
    }

    private GivenOptions ReadFile(DaemonCommands command, byte[] json)
    {
        File.WriteAllBytes(_file, json);
        var given = GivenOptions.Read(command, new Dictionary<string, string>(), _ => null, _file);
        Assert.NotNull(DaemonCommand.CreateProcess(command, given));
        return given;
    }

    [GeneratedRegex("^a whole number from ([0-9]+) to ([0-9]+)$")]
    private static partial Regex WholeNumbers();
}

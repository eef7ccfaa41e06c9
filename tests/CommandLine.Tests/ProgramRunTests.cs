using System.CommandLine;
using KadaluFsd.Contract;

namespace KadaluFsd.CommandLine.Tests;

/// <summary>What is wrong with a command line, and what fails.</summary>
public sealed class ProgramRunTests
{
    [Theory]
    [InlineData("there is no command \"pols\" here: pool", "pols")]
    [InlineData("there is no command \"lst\" here: list", "pool", "lst")]
    [InlineData("there is no option --jsn here", "pool", "list", "--jsn")]
    [InlineData("there is no option --jsn here", "--jsn", "pool", "list")]
    [InlineData("say which command: pool")]
    [InlineData("say which command: list", "pool")]
    [InlineData("there is no option -j here", "pool", "list", "x", "-j")]
    [InlineData("--sort has an empty value", "pool", "list", "--sort=")]
    [InlineData(
        "Cannot parse argument 'x' for option '--count' as a number (program pool list --help says more)", "pool", "list", "--count",
        "x")]
    public async Task What_is_mistyped_is_named(string problem, params string[] words)
    {
        (int code, string message) = await RunAsync(words);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.StartsWith(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pool", "list", "-1")]
    [InlineData("pool", "list", "a-b", "@group", "-")]
    [InlineData("pool", "list", "--sort", "name")]
    public async Task What_only_looks_like_an_option_is_an_argument(params string[] words) =>
        Assert.Equal((0, ""), await RunAsync(words));

    [Theory]
    [InlineData("NAME is empty (program pool list --help says more)", "pool", "list", "")]
    [InlineData("--sort is empty (program pool list --help says more)", "pool", "list", "a", "--sort", "")]
    public async Task What_is_empty_is_refused_by_its_name(string reason, params string[] words) =>
        Assert.Equal(((int)ExitCode.Usage, reason), await RunAsync(words));

    [Fact]
    public async Task What_fails_is_a_line_without_others_control_characters()
    {
        (int code, string message) = await RunAsync(["pool", "fail"]);
        Assert.Equal(((int)ExitCode.PoolRefused, "a?[31mb\nc?d"), (code, message));
    }

    private static async Task<(int Code, string Message)> RunAsync(string[] words)
    {
        string said = "";
        var run = new ProgramRun("program") { RefusesStrangeOptions = true, Failed = (_, message) => said = message };
        var list = new Command("list") { new Argument<string[]>("NAME"), new Option<string?>("--sort"), new Option<int?>("--count") };
        list.SetAction(_ => 0);
        var fail = new Command("fail") { Hidden = true };
        fail.SetAction(int (_) => throw new CommandException(ExitCode.PoolRefused, "a\u001b[31mb\nc\u202Ed"));
        var root = new RootCommand { new Command("pool") { list, fail } };
        int code = await run.GuardAsync(
            () => run.InvokeAsync(words, (arguments, configuration) => root.Parse(arguments, configuration)));
        return (code, said);
    }
}

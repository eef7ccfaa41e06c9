namespace KadaluFsd.Harness;

/// <summary>
/// A network namespace with a wire to the tests' own: what a client on another machine reaches is reached from it.
/// </summary>
internal sealed class OtherMachine : IAsyncDisposable
{
    /// <summary>The address of the tests' own end of the wire.</summary>
    internal const string ServerAddress = "10.98.0.1";

    private readonly string _name;

    private OtherMachine(string name) => _name = name;

    internal static async Task<OtherMachine> CreateAsync(Workspace workspace)
    {
        OtherMachine machine = workspace.Own(new OtherMachine("other-machine"));
        await Command.MustAsync("ip", "netns", "add", machine._name);
        await Command.MustAsync(
            "ip", "link", "add", "to-other", "type", "veth", "peer", "name", "to-server", "netns", machine._name);
        await Command.MustAsync("ip", "address", "add", $"{ServerAddress}/24", "dev", "to-other");
        await Command.MustAsync("ip", "link", "set", "to-other", "up");
        await machine.MustAsync("ip", "address", "add", "10.98.0.2/24", "dev", "to-server");
        await machine.MustAsync("ip", "link", "set", "to-server", "up");
        await machine.MustAsync("ip", "link", "set", "lo", "up");
        return machine;
    }

    /// <summary>Runs a program there. It has the tests' own file systems: what it mounts is theirs too.</summary>
    internal Task<Command> RunAsync(params string[] command) =>
        Command.RunAsync("nsenter", [$"--net=/run/netns/{_name}", .. command]);

    internal async Task<string> MustAsync(params string[] command)
    {
        Command result = await RunAsync(command);
        Assert.True(
            result.ExitCode == 0, $"{string.Join(' ', command)}: exit code {result.ExitCode}: {result.Error}{result.Output}");
        return result.Output;
    }

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("ip", "link", "delete", "to-other");
        await Command.RunAsync("ip", "netns", "delete", _name);
    }
}

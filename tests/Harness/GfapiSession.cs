using System.Diagnostics;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>native/clients/session.c: one connection of libgfapi, which does what it is told.</summary>
internal sealed class GfapiSession : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private GfapiSession(Process process, string log) =>
        (_process, _error, Log) = (process, process.StandardError.ReadToEndAsync(), log);

    /// <summary>What libgfapi logs.</summary>
    internal string Log { get; }

    /// <summary>Connects.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="target">POOL@SERVER,... as native/clients/gfapi.c takes it.</param>
    /// <param name="name">For its log.</param>
    /// <param name="machine">The mounts that it sees; null for this process's.</param>
    /// <param name="process">The name that its process has, which libgfapi tells units; null for its own.</param>
    internal static async Task<GfapiSession> StartAsync(
        Workspace workspace, string target, string name = "session", MountNamespace? machine = null, string? process = null)
    {
        const string Directory = "tests/Harness/native/clients";
        string program = await NativeProgram.CompileAsync(
            workspace, $"{Directory}/session.c", Path.Combine(Workspace.Source, Directory, "gfapi.c"), "-lgfapi");
        string log = workspace.Path($"{name}.log");
        var environment = new Dictionary<string, string> { ["CLIENT_LOG"] = log };
        string[] arguments = process is null ? [target] : [target, process];
        GfapiSession session = workspace.Own(new GfapiSession(
            machine is null ? Command.Start(program, arguments, environment) : machine.Start(environment, [program, .. arguments]), log));
        Assert.Equal("ok", await session.ReadAsync());
        return session;
    }

    /// <summary>Has it do something, which must succeed.</summary>
    /// <returns>What it answers.</returns>
    internal async Task<string> MustAsync(string command)
    {
        string answer = await TryAsync(command);
        Assert.True(answer.StartsWith("ok ", StringComparison.Ordinal), $"{command}: {answer}");
        return answer[3..];
    }

    /// <summary>Has it do something.</summary>
    /// <returns>Its answer: "ok TEXT" or "error REASON".</returns>
    internal async Task<string> TryAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    public ValueTask DisposeAsync() => Command.EndAsync(_process);

    private async Task<string> ReadAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        return await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException(
            $"it ended: {await _error}{(File.Exists(Log) ? await File.ReadAllTextAsync(Log, limit.Token) : "")}");
    }
}

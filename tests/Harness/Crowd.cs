using System.Diagnostics;
using System.Globalization;

namespace KadaluFsd.Harness;

/// <summary>Clients of a unit that do nothing but be there: tests/Attack.Tests/native/crowd.c.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    // GlusterFS looks at all connections for each that it lets in: twenty thousand take a minute of processor time.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    private readonly Process _process;

    private Crowd(Process process) => _process = process;

    /// <summary>Has clients let in (SETVOLUME), and keeps them connected.</summary>
    /// <returns>They, and how many of them were let in.</returns>
    internal static async Task<(Crowd Crowd, int LetIn)> HoldAsync(Workspace workspace, UnitDefinition unit, int count)
    {
        Crowd crowd = await StartAsync(workspace, "hold", Text(unit.Port), unit.Directory, Text(count));
        return (crowd, int.Parse(await crowd.ReadAsync(), CultureInfo.InvariantCulture));
    }

    /// <summary>Has one client let in, and disconnects it, again and again until it is asked what the slowest took.</summary>
    internal static Task<Crowd> AskAsync(Workspace workspace, UnitDefinition unit) =>
        StartAsync(workspace, "ask", Text(unit.Port), unit.Directory);

    /// <summary>
    /// Sends all but the last byte of a record on each of some connections, and keeps them if they are not closed.
    /// </summary>
    /// <returns>They, and how many were closed.</returns>
    internal static async Task<(Crowd Crowd, int Closed)> ClaimAsync(Workspace workspace, int port, int count, int length)
    {
        Crowd crowd = await StartAsync(workspace, "claim", Text(port), Text(count), Text(length));
        return (crowd, int.Parse(await crowd.ReadAsync(), CultureInfo.InvariantCulture));
    }

    /// <summary>Disconnects all at once, and waits for the program's end.</summary>
    internal async Task LeaveAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(s_limit);
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <summary>Ends the asking.</summary>
    /// <returns>What the slowest client took from connecting to being let in, and how many there were.</returns>
    internal async Task<(TimeSpan Slowest, int Clients)> EndAsync()
    {
        _process.StandardInput.Close();
        string[] words = (await ReadAsync()).Split(' ');
        return (TimeSpan.FromMilliseconds(double.Parse(words[0], CultureInfo.InvariantCulture)),
            int.Parse(words[1], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task<Crowd> StartAsync(Workspace workspace, params string[] arguments)
    {
        string program = await NativeProgram.CompileAsync(workspace, "tests/Attack.Tests/native/crowd.c");
        return workspace.Own(new Crowd(Command.Start(program, arguments)));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> ReadAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        return await _process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new InvalidOperationException($"crowd ended: {await _process.StandardError.ReadToEndAsync(limit.Token)}");
    }
}

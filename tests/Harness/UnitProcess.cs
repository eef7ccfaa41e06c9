using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;
using Xunit.Sdk;

namespace KadaluFsd.Harness;

/// <summary>A running kadalu-fsd.</summary>
internal sealed class UnitProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = Patience.Limit;
    private static int s_number;

    private readonly Process _process;
    private readonly NotifySocket _notify;
    private readonly Task<string> _error;

    private UnitProcess(Process process, NotifySocket notify, string log)
    {
        _process = process;
        _notify = notify;
        _error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        Log = log;
    }

    internal string Log { get; }

    internal int Id => _process.Id;

    internal string NotifyPath => _notify.Path;

    internal string LogText => File.ReadAllText(Log);

    /// <summary>Processor time that it has used, in its own code and the kernel's.</summary>
    internal TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory in KiB.</summary>
    internal long ResidentKiB => long.Parse(
        File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Starts a unit and waits until it says that it is ready.</summary>
    internal static Task<UnitProcess> StartAsync(Workspace workspace, UnitDefinition unit, params string[] arguments) =>
        StartAsync(workspace, unit, Workspace.Program, [], arguments);

    /// <summary>Starts a unit through another program, such as prlimit.</summary>
    internal static async Task<UnitProcess> StartAsync(
        Workspace workspace, UnitDefinition unit, string program, string[] before, string[] arguments)
    {
        return await StartAsync(
            workspace, program, workspace.Path($"{unit.Name}.log"),
            [.. before, "unit", "--volfile", unit.Volfile, "--port", unit.Port.ToString(CultureInfo.InvariantCulture),
             "--volfiles", workspace.Create("volfiles"), .. arguments]);
    }

    /// <summary>Starts a gateway and waits until it says that it is ready.</summary>
    internal static Task<UnitProcess> StartGatewayAsync(Workspace workspace, string name, params string[] arguments) =>
        StartAsync(
        workspace, Workspace.Program, workspace.Path($"{name}.log"),
        ["gateway", "--volfiles", workspace.Create("volfiles"), .. arguments]);

    /// <summary>Starts it through another program, and waits until it says that it is ready.</summary>
    internal static Task<UnitProcess> StartAsync(Workspace workspace, string program, string[] arguments, string log) =>
        StartAsync(workspace, program, log, arguments);

    private static async Task<UnitProcess> StartAsync(Workspace workspace, string program, string log, string[] arguments)
    {
        var notify = new NotifySocket(workspace.Path($"notify-{Interlocked.Increment(ref s_number)}"));
        Process process = Command.Start(
            program, [.. arguments, "--log", log], new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notify.Path });
        UnitProcess started = workspace.Own(new UnitProcess(process, notify, log));
        await started.ExpectAsync("READY=1");
        return started;
    }

    /// <summary>Waits for a message to the service manager, or fails when the process ends instead.</summary>
    internal async Task ExpectAsync(string message)
    {
        using var limit = new CancellationTokenSource(s_limit);
        Task<string> received = _notify.ReceiveAsync(limit.Token);
        Task ended = _process.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(received, ended) == ended && !received.IsCompletedSuccessfully)
        {
            throw new XunitException(_process.HasExited
                ? $"kadalu-fsd ended instead of sending {message}: {await _error}"
                : $"kadalu-fsd did not send {message} within {s_limit.TotalSeconds} s");
        }

        Assert.Equal(message, (await received).Split('\n')[0]);
    }

    /// <summary>What it has written to standard error, once it has ended.</summary>
    internal Task<string> ErrorTextAsync() => _error;

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    internal async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await WaitAsync();
    }

    internal async Task KillAsync()
    {
        _process.Kill();
        await WaitAsync();
    }

    internal Task SignalAsync(string name) => Command.MustAsync("kill", $"-{name}", Id.ToString(CultureInfo.InvariantCulture));

    internal async Task<int> WaitAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _notify.Dispose();
    }
}

using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting;

/// <summary>
/// A process that runs until it is told to stop: a list of parts under a host, which starts them in order and stops them in
/// reverse. The host's defaults are off: configuration, console, signals and the service manager are this program's affair.
/// </summary>
public sealed class HostedProcess
{
    private readonly LogOptions _log;
    private readonly ProcessOptions _options;
    private readonly ServiceCollection _parts = [];

    /// <summary>Checks the options, and does nothing else.</summary>
    /// <param name="given">The options that were given.</param>
    /// <param name="compose">Lists the parts, and binds their options.</param>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public HostedProcess(GivenOptions given, Action<IServiceCollection> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        _parts.AddSingleton(_log = LogOptions.Of(given)).AddSingleton(_options = ProcessOptions.Of(given));
        compose(_parts);
    }

    /// <summary>Runs the process. To be called once.</summary>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start, or something failed that it cannot do without; the first failure is
    /// the reason.</exception>
    public async Task<ExitCode> RunAsync()
    {
        using var log = new ProcessLog(_log.Level);
        using var requests = new DaemonRequests();
        using var pidFile = new PidFile(_options.PidFile);
        using var signals = new DaemonSignals(requests, log.Loggers.CreateLogger("Signals"));
        signals.Listen();
        pidFile.TryTake();
        try
        {
            using IHost host = Build(log, requests, pidFile);
            ExitCode code = await RunAsync(host, requests, log);
            if (_options.KeepPidFile && code == ExitCode.Success)
            {
                pidFile.Leave();
            }

            return code;
        }
        catch (OperationCanceledException) when (requests.StopWanted.IsCancellationRequested)
        {
            // Asked to stop before it had started.
            return ExitCode.Success;
        }
        catch (CommandException exception) when (_options.Control is not null && pidFile.IsInPlace)
        {
            // Not if another process runs: the record is about that one.
            new RunFiles(_options.Control).NoteFailure(exception);
            throw;
        }
    }

    private IHost Build(ProcessLog log, DaemonRequests requests, PidFile pidFile)
    {
        HostApplicationBuilder builder =
            Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services
            .AddSingleton<IHostLifetime, NoLifetime>()
            .AddSingleton(log.Loggers)
            .AddSingleton(log)
            .AddSingleton(requests)
            .AddSingleton(pidFile)
            .AddSingleton<ProcessEnd>()
            .AddSingleton<ServiceNotifier>();
        foreach (ServiceDescriptor part in _parts)
        {
            builder.Services.Add(part);
        }

        return builder.Build();
    }

    private async Task<ExitCode> RunAsync(IHost host, DaemonRequests requests, ProcessLog log)
    {
        ProcessEnd end = host.Services.GetRequiredService<ProcessEnd>();
        using CancellationTokenRegistration stop = requests.StopWanted.Register(() => end.Reach(ExitCode.Success, null));
        try
        {
            await host.StartAsync(requests.StopWanted);
            ProcessMemory.ReleaseStart();
            await end.Reached;
        }
        catch (CommandException exception)
        {
            end.Reach(exception.Code, exception.Message);
            throw;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            end.Reach(SystemRefusal.Is(exception) ? ExitCode.SystemRefused : ExitCode.InternalError, exception.Message);
            throw;
        }
        finally
        {
            SayWhy(end, log);
            await StopAsync(host, end);
        }

        return end.Reason is { } reason ? throw new CommandException(end.Code, reason) : end.Code;
    }

    // Standard error gets it anyway. A process that has not come as far as its own log opens that for the reason alone.
    private void SayWhy(ProcessEnd end, ProcessLog log)
    {
        if (end.Reason is not { } reason || _log.Path == "-")
        {
            return;
        }

        try
        {
            using PlainLogOutput? output = !log.IsOpen && HasOwnLog ? PlainLogOutput.Open(_log.Path) : null;
            if (output is not null)
            {
                log.Open(output);
            }

            LifeLog.Ends(log.Loggers.CreateLogger(nameof(HostedProcess)), (int)end.Code, reason.ReplaceLineEndings("; "));
        }
        catch (CommandException)
        {
            // The log may be the reason.
        }
    }

    // GlusterFS opens that of a process with a graph, and a start that is refused leaves nothing.
    private bool HasOwnLog => _parts.Any(part => part.ServiceType.IsSubclassOf(typeof(OwnLog)));

    // A further failure is not the reason: that is known.
    private static async Task StopAsync(IHost host, ProcessEnd end)
    {
        try
        {
            await host.StopAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever it is.
        catch (Exception exception) when (end.Code != ExitCode.Success)
#pragma warning restore CA1031
        {
            LifeLog.StopFailed(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(HostedProcess)), exception);
        }
    }

    // Instead of the default, which handles signals of the console.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

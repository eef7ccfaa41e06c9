using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Routing;
using KadaluFsd.Fsd.Volfiles;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Gateway;

/// <summary>
/// Serves the volfiles of every pool of a node to clients that have glusterd's port built in, such as NFS-Ganesha. Needs no running unit,
/// and no GlusterFS in its process: only the directory with the volfiles.
/// </summary>
/// <param name="options">What it was told.</param>
/// <param name="sink">Takes log lines to the log once it is open.</param>
/// <param name="loggers">Makes loggers that write to the sink.</param>
/// <param name="notifier">Tells the service manager.</param>
/// <param name="requests">What it is asked to do while it runs.</param>
internal sealed class VolfileGateway(DaemonOptions options, LogSink sink, ILoggerFactory loggers, ServiceNotifier notifier, DaemonRequests requests)
{
    private readonly ILogger _logger = loggers.CreateLogger<VolfileGateway>();

    private string Status => $"serving volfiles on {options.Listen}";

    /// <summary>Runs the gateway until it is told to stop.</summary>
    /// <param name="stop">Tells it to stop.</param>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="StartException">It cannot start.</exception>
    internal async Task<ExitCode> RunAsync(CancellationToken stop)
    {
        using ListenerSet listeners = ListenerSet.ForGateway(options);
        using var log = PlainLogOutput.Open(options.Log);
        sink.Open(log);
        string directory = options.Volfiles ?? DaemonOptions.DefaultVolfiles;
        FsdLog.GatewayStarting(_logger, ProgramVersion.Text, directory, options.Listen.ToString());
        using var loop = new EventLoop(loggers.CreateLogger<EventLoop>());
        using var accessLog = AccessLog.Open(options, loop);
        await using VolfileServer volfiles = VolfileServer.Start(loop, directory, ServedPools.All, options, accessLog, loggers);
        using var router = new ConnectionRouter(loop, listeners.All, null, new Targets(volfiles.Connections), options, loggers.CreateLogger<ConnectionRouter>());
        loop.Start();
        FsdLog.Ready(_logger, options.Listen.Port);
        notifier.Ready(Status);
        StartupMemory.Release();
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task watchdog = new Watchdog(notifier, _logger).RunAsync(timeout => loop.Answers(timeout) ? null : "the event loop", alive.Token);
        await requests.HandleAsync(request => Handle(request, log, volfiles), loop.Ended, stop);

        await alive.CancelAsync();
        await watchdog;
        notifier.Stopping("saying goodbye");
        router.Dispose();
        listeners.Dispose();
        await volfiles.DisposeAsync();
        loop.Dispose();
        FsdLog.Stopped(_logger);
        return loop.Ended.IsFaulted ? ExitCode.InternalError : ExitCode.Success;
    }

    private void Handle(DaemonRequest request, PlainLogOutput log, VolfileServer volfiles)
    {
        // Nothing of GlusterFS is here that a statedump could tell of.
        if (request == DaemonRequest.Reload)
        {
            notifier.Reloading();
            log.Reopen();
            FsdLog.Reloading(_logger);
            volfiles.Reload();
            notifier.Ready(Status);
        }
    }

    private sealed class Targets(VolfileConnections connections) : IRouteTargets
    {
        public void ServeManaged(int fd) => connections.Add(fd);

        public void ServeNative(int fd) => throw new InvalidOperationException("a volfile port has no native side");

        public void DrainGraphEvents() => throw new InvalidOperationException("a gateway has no graph");
    }
}

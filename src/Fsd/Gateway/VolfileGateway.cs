using KadaluFsd.Contract;
using KadaluFsd.Fsd.Access;
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
/// <param name="services">What it was told, its log, who asks it for something, whom it tells.</param>
internal sealed class VolfileGateway(DaemonServices services)
{
    private readonly DaemonOptions _options = services.Options;
    private readonly ServiceNotifier _notifier = services.Notifier;
    private readonly ILogger _logger = services.Loggers.CreateLogger<VolfileGateway>();

    private string Status => $"serving volfiles on {_options.Listen}";

    /// <summary>Runs the gateway until it is told to stop.</summary>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start.</exception>
    internal async Task<ExitCode> RunAsync()
    {
        CancellationToken stop = services.Requests.StopWanted;
        VolfileTls.CheckFiles(_options);
        using ListenerSet listeners = ListenerSet.ForGateway(_options);
        using var log = PlainLogOutput.Open(_options.Log);
        services.Log.Open(log);
        string directory = _options.Volfiles ?? DaemonOptions.DefaultVolfiles;
        LifeLog.GatewayStarting(_logger, ProgramVersion.Text, directory, _options.Listen.ToString());
        using var loop = new EventLoop(services.Loggers.CreateLogger<EventLoop>());
        using var accessLog = AccessLog.Open(_options, loop);
        await using VolfileServer volfiles = VolfileServer.Read(loop, directory, ServedPools.All, _options, accessLog, services.Loggers);
        using var router = new ConnectionRouter(loop, listeners.All, null, new Targets(volfiles.Connections), _options, DescriptorBudget.Raise(), services.Loggers.CreateLogger<ConnectionRouter>());
        loop.Start();
        volfiles.Follow();
        LifeLog.Ready(_logger, _options.Listen.Port);
        _notifier.Ready(Status);
        StartupMemory.Release();
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task watchdog = new Watchdog(_notifier, _logger).RunAsync(timeout => loop.Answers(timeout) ? null : "the event loop", alive.Token);
        await services.Requests.HandleAsync(request => Handle(request, log, volfiles), loop.Ended, stop);

        await alive.CancelAsync();
        await watchdog;
        _notifier.Stopping("saying goodbye");
        router.Dispose();
        listeners.Dispose();
        await volfiles.DisposeAsync();
        loop.Dispose();
        LifeLog.Stopped(_logger);
        return loop.Ended.IsFaulted ? ExitCode.InternalError : ExitCode.Success;
    }

    private void Handle(DaemonRequest request, PlainLogOutput log, VolfileServer volfiles)
    {
        // Nothing of GlusterFS is here that a statedump could tell of.
        if (request == DaemonRequest.Reload)
        {
            _notifier.Reloading();
            log.Reopen();
            ControlLog.Reloading(_logger);
            volfiles.Reload();
            _notifier.Ready(Status);
        }
    }

    private sealed class Targets(VolfileConnections connections) : IRouteTargets
    {
        public void ServeManaged(int fd) => connections.Add(fd);

        public void ServeNative(int fd) => throw new InvalidOperationException("a volfile port has no native side");

        public void DrainGraphEvents() => throw new InvalidOperationException("a gateway has no graph");

        public int CloseLateHandshakes() => 0;

        public bool IsNode(int fd) => connections.IsNode(fd);
    }
}

using KadaluFsd.Contract;
using KadaluFsd.Fsd.Control;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Hosting;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Heal;

/// <summary>
/// A pool's self-heal daemon on this node: a client of all the pool's units, which heals what it finds on those of this node. Its whole life is
/// <see cref="RunAsync"/>.
/// </summary>
/// <param name="services">What it was told, its log, who asks it for something, whom it tells.</param>
internal sealed class HealDaemon(DaemonServices services) : IReadinessHandler
{
    private readonly DaemonOptions _options = services.Options;
    private readonly ServiceNotifier _notifier = services.Notifier;
    private readonly DaemonRequests _requests = services.Requests;
    private readonly ILogger _logger = services.Loggers.CreateLogger<HealDaemon>();
    private GlusterContext? _context;
    private Action<string>? _connected;
    private Action? _lost;

    private string Status => $"healing what {_options.Volfile} is made of";

    /// <summary>Runs the daemon until it is told to stop. Units that are not there are waited for while it runs.</summary>
    /// <param name="closedDescriptors">How many descriptors the parent process had left open; for the log.</param>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start.</exception>
    internal async Task<ExitCode> RunAsync(int closedDescriptors)
    {
        _ = DescriptorBudget.Raise();

        // Look.
        GlusterLibrary library = HostedGraph.LoadLibrary();
        var plan = HealPlan.Parse(GraphPlan.ReadText(_options.Volfile), _options, library);
        var retry = new Retry(_options.PredecessorTimeout);
        await retry.UntilAsync(() => ControlSockets.ExpectFree(_options), _requests.StopWanted);
        await retry.UntilAsync(services.PidFile.Take, _requests.StopWanted);

        // Start: log, graph.
        GlusterContext context = _context = HostedGraph.CreateContext(library, services);
        var work = new GraphRequests(services, context, _logger);
        LifeLog.HealDaemonStarting(_logger, ProgramVersion.Text, library.GlusterFsVersion, _options.Volfile, plan.Units.Count);
        HostedGraph.Report(_logger, plan, closedDescriptors, retry);
        using var review = new HealReview(context, plan.Groups, _logger);
        (_connected, _lost) = (review.Ask, review.AskAll);
        using var loop = new EventLoop(services.Loggers.CreateLogger<EventLoop>());
        var history = RunHistory.Begin(_options.Control, HostedGraph.LastWordsHeading(plan, library), _logger);
        history.ReportPrevious();
        loop.Watch(context.EventFd, this, EpollInterest.Readable);
        loop.Start();
        history.EndIfItFails(() => HostedGraph.StartClient(context, plan, _options.Log));

        // Run.
        using var workThread = new WorkThread("work");
        using var healThread = new WorkThread("heal");
        var reload = new GraphReload(
            _options, context, plan, (text, live) => HealPlan.Parse(text, _options, library, live), other => VolfilePrinter.Print(other.Volfile), () => { }, workThread, _logger);
        var graph = new RunningGraph(
            _options, loop, context, library.GlusterFsVersion, reload, history, new LogControl(services.Log, context, _logger), _requests, _logger);
        var daemon = new RunningHealDaemon(graph, plan, review, healThread);

        // The control socket is what keeps the next one waiting: it goes when all else is done.
        await using ControlSockets control = await history.EndIfItFailsAsync(
            ControlSockets.StartAsync(_options, HealControl.CreateRoutes(daemon), HealControl.CreatePublicRoutes(daemon), services.Loggers));
        LifeLog.HealDaemonReady(_logger);
        _notifier.Ready(Status);
        StartupMemory.Release();
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(_requests.StopWanted);
        review.Start();
        Task watchdog = new Watchdog(_notifier, _logger).RunAsync(timeout => loop.Answers(timeout) ? null : "the event loop", alive.Token);
        await _requests.HandleAsync(request => work.Handle(request, reload, Status), loop.Ended, _requests.StopWanted);

        // Stop. What is being healed is left as it is, and cut off by the end of the process: the units keep it in their indices, and take their locks back.
        await alive.CancelAsync();
        await watchdog;
        review.Dispose();
        _notifier.Stopping("leaving what is being healed to the next one");
        context.TellHeldBackLogLines();
        loop.Dispose();
        ExitCode code = loop.Ended.IsFaulted ? ExitCode.InternalError : ExitCode.Success;
        history.End(code);
        LifeLog.Stopped(_logger);
        context.FinishLog();
        return code == ExitCode.Success ? code : throw new CommandException(code, $"the event loop failed: {loop.Ended.Exception!.InnerException!.Message}");
    }

    /// <summary>The graph tells something. On the loop's thread.</summary>
    /// <param name="happened">That it does.</param>
    public void OnReady(EpollEvent happened)
    {
        while (_context!.TryTakeEvent(out GraphEvent graphEvent))
        {
            switch (graphEvent.Kind)
            {
                case GraphEventKind.ChildUp:
                    HealthLog.UnitConnected(_logger, graphEvent.Text);
                    _connected!(graphEvent.Text);
                    break;
                case GraphEventKind.ChildDown:
                    HealthLog.UnitDisconnected(_logger, graphEvent.Text);
                    break;
                case GraphEventKind.Lost:
                    HealthLog.EventsLost(_logger, graphEvent.Text);
                    _lost!();
                    break;
            }
        }
    }
}

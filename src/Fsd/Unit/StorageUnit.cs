using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Access;
using KadaluFsd.Fsd.Control;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Health;
using KadaluFsd.Fsd.Hosting;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Routing;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Storage;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Unit;

/// <summary>One storage unit: a directory, a graph over it, a port. Its whole life is <see cref="RunAsync"/>.</summary>
/// <param name="services">What it was told, its log, who asks it for something, whom it tells.</param>
internal sealed class StorageUnit(DaemonServices services)
{
    private readonly DaemonOptions _options = services.Options;
    private readonly ILoggerFactory _loggers = services.Loggers;
    private readonly ServiceNotifier _notifier = services.Notifier;
    private readonly DaemonRequests _requests = services.Requests;
    private readonly ILogger _logger = services.Loggers.CreateLogger<StorageUnit>();

    private string Status => $"serving {_options.Volfile} on port {_options.Port}";

    /// <summary>Runs the unit until it is told to stop. Up to the graph's start a failure leaves nothing changed on disk.</summary>
    /// <param name="closedDescriptors">How many descriptors the parent process had left open; for the log.</param>
    /// <returns>How the unit ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start.</exception>
    internal async Task<ExitCode> RunAsync(int closedDescriptors)
    {
        CancellationToken stop = _requests.StopWanted;
        var descriptors = DescriptorBudget.Raise();

        // Look: every reason not to start that can be seen without changing anything.
        GlusterLibrary library = HostedGraph.LoadLibrary();
        GlusterContext.ReserveDescriptors(descriptors.ForNodes);
        var plan = UnitPlan.Parse(GraphPlan.ReadText(_options.Volfile), _options, library);
        var directory = new UnitDirectory(plan.Identity.Directory, plan.Identity.VolumeId);
        VolfileTls.CheckFiles(_options);
        bool hasVolumeId = directory.Check(_options.InitDirectory);
        var record = new UnitRecord(_options.Volfile, plan.Identity.Directory, plan.Identity.VolumeId);
        record.Check();
        var retry = new Retry(_options.PredecessorTimeout);
        using DirectoryLock directoryLock = await retry.UntilAsync(directory.Lock, stop);
        using ListenerSet listeners = await retry.UntilAsync(() => ListenerSet.ForUnit(_options, PendingOptions.TlsOf(plan.Volfile).Contains(true)), stop);
        await retry.UntilAsync(services.PidFile.Take, stop);

        // Start: log, directory, graph. What takes a while and needs none of them goes on beside.
        using var workThread = new WorkThread("work");
        Task<RunHistory> beginning = workThread.InvokeAsync(() => RunHistory.Begin(_options.Control, HostedGraph.LastWordsHeading(plan, library), _logger));
        GlusterContext context = await BesideAsync(beginning, () => HostedGraph.CreateContext(library, services), TakeBack);
        var work = new GraphRequests(services, context, _logger);
        LifeLog.Starting(_logger, ProgramVersion.Text, library.GlusterFsVersion, directory.Path, _options.Volfile, _options.Port);
        HostedGraph.Report(_logger, plan, closedDescriptors, retry);
        if (listeners.NodePortProblem is { } problem)
        {
            RoutingLog.NodePortUnavailable(_logger, problem);
        }

        using var loop = new EventLoop(_loggers.CreateLogger<EventLoop>());
        using AccessLog? accessLog = await BesideAsync(beginning, () => AccessLog.Open(_options, loop), TakeBack);
        await BesideAsync(beginning, () => Prepare(directory, hasVolumeId, plan.Identity.VolumeId), TakeBack);
        RunHistory history = await beginning;
        history.ReportPrevious();
        Task<VolfileServer> reading = workThread.InvokeAsync(() => ReadVolfiles(plan, loop, accessLog));
        string listenPath = await BesideAsync(
            reading, () => history.EndIfItFails(() => HostedGraph.Start(context, plan.TextFor, _options.Log)), read => read.DisposeAsync());

        // Serve. Clients that come before READY are served as far as the graph has come.
        await using VolfileServer volfiles = await reading;
        var targets = new UnitTargets(context, volfiles.Connections, _options, _logger);
        context.LimitConnections(new GraphConnectionLimits(_options.MaxConnections, _options.MaxPerAddress, _options.MaxUndecided));
        using var router = new ConnectionRouter(loop, listeners.All, context.EventFd, targets, _options, descriptors, _loggers.CreateLogger<ConnectionRouter>());
        loop.Start();
        volfiles.Follow();
        var proof = Task.Run(() => HostedGraph.Prove(context, _options.Log), CancellationToken.None);
        var reload = new GraphReload(
            _options, context, plan, (text, live) => UnitPlan.Parse(text, _options, library, live), other => ((UnitPlan)other).TextFor(listenPath), volfiles.Reload, workThread, _logger);
        using var health = new HealthMonitor(history.EndIfItFails(() => new DirectoryProbe(plan.Identity.Directory, plan.Identity.VolumeId, descriptors.Look)).Look, HealthOptionsFor(plan), _logger);
        health.Looked += context.TellHeldBackLogLines;
        health.Changed += now => _notifier.Status(now.Problems.Length == 0 ? Status : $"{Status}; {now.Describe()}");
        using var slow = new SlowOperations(context);
        var drain = new UnitDrain(context, () => CloseDoors(router, listeners), _requests, _notifier, _logger);
        var graph = new RunningGraph(
            _options, loop, context, library.GlusterFsVersion, reload, history, new LogControl(services.Log, context, _logger), _requests, _logger);
        var unit = new RunningUnit(graph, plan, targets, volfiles, health, slow, drain);
        await using ControlSockets control = await history.EndIfItFailsAsync(
            ControlSockets.StartAsync(_options, UnitControl.CreateRoutes(unit), UnitControl.CreatePublicRoutes(unit), _loggers));
        unit.IsProven = await history.EndIfItFailsAsync(proof);
        LifeLog.Ready(_logger, _options.Port);
        _notifier.Ready(Status);
        _ = workThread.InvokeAsync(() => Keep(record));
        health.Start();
        slow.Start();
        StartupMemory.Release();
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(_requests.StopWanted);
        Task watchdog = new Watchdog(_notifier, _logger).RunAsync(timeout => FindHanging(loop, context, timeout), alive.Token);
        await _requests.HandleAsync(request => work.Handle(request, reload, Status), Task.WhenAny(loop.Ended, health.Failed, targets.GraphDown), _requests.StopWanted);

        // Stop: nobody to be answered about what is going away, no new connections, goodbye to the volfile clients, answers to the operations in progress, log.
        await alive.CancelAsync();
        await watchdog;
        await control.DisposeAsync();
        _notifier.Stopping(health.Failed.IsCompleted ? health.Current.Describe() : "answering what is in progress");
        health.Dispose();
        slow.Dispose();
        context.TellHeldBackLogLines();
        LifeLog.Stopping(_logger, context.OperationsInProgress);
        CloseDoors(router, listeners);
        await volfiles.DisposeAsync();
        loop.Dispose();
        work.Quiesce();
        ExitCode code = loop.Ended.IsFaulted ? ExitCode.InternalError
            : health.Failed.IsCompleted ? ExitCode.DirectoryFailed : targets.IsGraphDown ? ExitCode.GraphDown : ExitCode.Success;
        history.End(code);
        LifeLog.Stopped(_logger);
        context.FinishLog();
        return code switch
        {
            ExitCode.InternalError => throw new CommandException(code, $"the event loop failed: {loop.Ended.Exception!.InnerException!.Message}"),
            ExitCode.DirectoryFailed => throw new CommandException(code, $"the unit's directory has failed: {health.Current.Describe()}"),
            _ => code,
        };
    }

    private VolfileServer ReadVolfiles(UnitPlan plan, EventLoop loop, AccessLog? accessLog) => VolfileServer.Read(
        loop, _options.Volfiles ?? plan.Identity.Server["volspec-directory"] ?? DaemonOptions.DefaultVolfiles,
        new ServedPools(plan.Identity.Directory, plan.Identity.VolumeId), _options, accessLog, _loggers);

    // Does a part of the start that has nothing to do with what goes on beside it; where it fails, that is undone.
    private static async Task<T> BesideAsync<TBeside, T>(Task<TBeside> beside, Func<T> part, Func<TBeside, ValueTask> undo)
    {
        try
        {
            return part();
        }
        catch (CommandException)
        {
            await undo(await beside);
            throw;
        }
    }

    private static ValueTask TakeBack(RunHistory history)
    {
        history.TakeBack();
        return ValueTask.CompletedTask;
    }

    private static void CloseDoors(ConnectionRouter router, ListenerSet listeners)
    {
        router.Dispose();
        listeners.Dispose();
    }

    private HealthOptions HealthOptionsFor(UnitPlan plan) => new(
        _options.HealthInterval ?? (int.TryParse(plan.Identity.Posix[UnitVolfile.HealthCheckInterval], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : DaemonOptions.DefaultHealthInterval),
        _options.HealthTimeout, _options.HealthFailures);

    // The threads that everything depends on, each asked for something only it can do.
    private static string? FindHanging(EventLoop loop, GlusterContext context, TimeSpan timeout)
    {
        if (!loop.Answers(timeout))
        {
            return "the event loop";
        }

        try
        {
            context.ProveAdoption(timeout);
            return null;
        }
        catch (GraphException exception)
        {
            // Being out of descriptors, or a full queue, is no hanging: those who are connected are served.
            return exception.IsSilence ? $"the graph ({exception.Message})" : null;
        }
    }

    // Without it an empty disk in this one's place is not told from a new unit; other managers' directories may not be ours to write into.
    private bool Keep(UnitRecord record)
    {
        try
        {
            record.Keep();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LifeLog.RecordNotKept(_logger, exception.Message);
            return false;
        }
    }

    private bool Prepare(UnitDirectory directory, bool hasVolumeId, Guid volumeId)
    {
        if (!hasVolumeId)
        {
            directory.WriteVolumeId();
            LifeLog.DirectoryInitialised(_logger, volumeId, directory.Path);
        }

        directory.PrepareHidden();
        return true;
    }
}

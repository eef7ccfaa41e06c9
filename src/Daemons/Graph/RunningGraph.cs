using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Serving.Events;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>The parts of a process with a graph that status and control requests use.</summary>
/// <param name="Options">The options.</param>
/// <param name="Loop">Its event loop.</param>
/// <param name="Preparation">What the process was started with.</param>
/// <param name="Reload">Changes the running graph.</param>
/// <param name="History">The record of runs.</param>
/// <param name="Requests">Stops the process.</param>
/// <param name="Readiness">Since when it is ready.</param>
/// <param name="Logger">Told what is done.</param>
internal record RunningGraph(
    GraphProcessOptions Options, EventLoop Loop, GlusterContext Context, GraphPreparation Preparation, GraphReload Reload,
    RunHistory History, LogControl Log,
    DaemonRequests Requests, Readiness Readiness, ILogger<RunningGraph> Logger)
{
    /// <summary>The version of the translators.</summary>
    internal string GlusterFsVersion => Preparation.Library.GlusterFsVersion;

    /// <summary>Seconds since it is ready.</summary>
    internal double UptimeSeconds => Readiness.UptimeSeconds;

    /// <summary>The graph's translators; they never change.</summary>
    internal GraphTranslator[] Translators => field ??= Context.GetTranslators();
}

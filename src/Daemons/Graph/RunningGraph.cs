using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Serving.Events;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>The parts that every process with a graph has, for those who ask about it and steer it.</summary>
/// <param name="Options">What it was told.</param>
/// <param name="Loop">Its event loop.</param>
/// <param name="Context">Its graph.</param>
/// <param name="Preparation">What it was started with.</param>
/// <param name="Reload">Changes what it runs.</param>
/// <param name="History">Knows how it ran before.</param>
/// <param name="Log">Its log.</param>
/// <param name="Requests">Told to stop it.</param>
/// <param name="Readiness">Knows since when it has served.</param>
/// <param name="Logger">Told what is done.</param>
internal record RunningGraph(
    GraphOptions Options, EventLoop Loop, GlusterContext Context, GraphPreparation Preparation, GraphReload Reload,
    RunHistory History, LogControl Log,
    DaemonRequests Requests, Readiness Readiness, ILogger<RunningGraph> Logger)
{
    /// <summary>The version of the translators.</summary>
    internal string GlusterFsVersion => Preparation.Library.GlusterFsVersion;

    /// <summary>For how long it has served, in seconds.</summary>
    internal double UptimeSeconds => Readiness.UptimeSeconds;

    /// <summary>The graph's translators; they stay what they are.</summary>
    internal GraphTranslator[] Translators => field ??= Context.GetTranslators();
}

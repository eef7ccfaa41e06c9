using KadaluFsd.Contract;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Hosting;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Control;

/// <summary>The parts that every process with a graph has, for those who ask about it and steer it.</summary>
/// <param name="Options">What it was told.</param>
/// <param name="Loop">Its event loop.</param>
/// <param name="Context">Its graph.</param>
/// <param name="GlusterFsVersion">The version of the translators.</param>
/// <param name="Reload">Changes what it runs.</param>
/// <param name="History">Knows how it ran before.</param>
/// <param name="Log">Its log.</param>
/// <param name="Requests">Told to stop it.</param>
/// <param name="Logger">Told what is done.</param>
internal record RunningGraph(
    DaemonOptions Options, EventLoop Loop, GlusterContext Context, string GlusterFsVersion, GraphReload Reload, RunHistory History, LogControl Log, DaemonRequests Requests, ILogger Logger)
{
    /// <summary>For how long it has served, in seconds.</summary>
    internal double UptimeSeconds => (Environment.TickCount64 - _since) / 1000.0;

    /// <summary>The graph's translators; they stay what they are.</summary>
    internal GraphTranslator[] Translators => field ??= Context.GetTranslators();

    private readonly long _since = Environment.TickCount64;
}

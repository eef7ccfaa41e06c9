using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Health;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Unit;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Control;

/// <summary>The parts of a unit that serves, for those who ask about it and steer it.</summary>
/// <param name="Options">What it was told.</param>
/// <param name="Plan">What it runs.</param>
/// <param name="Context">Its graph.</param>
/// <param name="GlusterFsVersion">The version of the translators.</param>
/// <param name="Loop">Its event loop.</param>
/// <param name="Targets">Knows whether the graph is down.</param>
/// <param name="Volfiles">Its volfiles and their clients.</param>
/// <param name="Reload">Changes what it runs.</param>
/// <param name="Health">Watches its directory.</param>
/// <param name="History">Knows how it ran before.</param>
/// <param name="Slow">Knows the slowest file operations.</param>
/// <param name="Log">Its log.</param>
/// <param name="Drain">Lets it run empty.</param>
/// <param name="Requests">Told to stop it.</param>
/// <param name="Logger">Told what is done.</param>
internal sealed record RunningUnit(
    DaemonOptions Options, UnitPlan Plan, GlusterContext Context, string GlusterFsVersion, EventLoop Loop, UnitTargets Targets, VolfileServer Volfiles,
    UnitReload Reload, HealthMonitor Health, UnitHistory History, SlowOperations Slow, LogControl Log, UnitDrain Drain, DaemonRequests Requests, ILogger Logger)
{
    /// <summary>When it began to serve, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    internal long ServingSince { get; } = Environment.TickCount64;

    /// <summary>The graph's translators; they stay what they are.</summary>
    internal GraphTranslator[] Translators => field ??= Context.GetTranslators();

    /// <summary>Asks its disk.</summary>
    internal DiskInquiry Disk => field ??= new DiskInquiry(Plan.Identity.Directory, Plan.Volfile.OfType(UnitVolfile.ThinArbiterType).Any());

    /// <summary>Whether it is known that clients are let in; false for a moment at the start.</summary>
    internal bool IsProven { get; set; }
}

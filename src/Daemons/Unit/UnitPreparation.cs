using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Native;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Storage;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Prepares a unit: its volfile and its directory.</summary>
/// <param name="descriptors">How descriptors are divided.</param>
internal sealed class UnitPreparation(
    GraphProcessOptions options, UnitOptions unit, ListenOptions listen, VolfileServerOptions volfiles, VolfileTlsOptions tls,
    DescriptorBudget descriptors)
    : GraphPreparation(options), IVolfileSource
{
    /// <summary>What the process is going to run.</summary>
    internal UnitPlan Plan { get => field ?? throw NotStarted(); private set; }

    internal UnitDirectory UnitDirectory { get => field ?? throw NotStarted(); private set; }

    /// <summary>The record of the directory that the unit has served.</summary>
    internal UnitRecord Record { get => field ?? throw NotStarted(); private set; }

    /// <summary>Where clients connect to.</summary>
    internal ListenAddress Address { get => field ?? throw NotStarted(); private set; }

    /// <summary>The path that the graph's server listens on; known when the graph is up.</summary>
    internal string ListenPath { get => field ?? throw NotStarted(); set; }

    /// <inheritdoc/>
    internal override GraphPlan Graph => Plan;

    /// <inheritdoc/>
    string IVolfileSource.Directory =>
        volfiles.Directory ?? Plan.Identity.Server["volspec-directory"] ?? UsualPlaces.Volfiles;

    /// <inheritdoc/>
    ServedPools IVolfileSource.Pools => new(Plan.Identity.Directory, Plan.Identity.VolumeId);

    /// <inheritdoc/>
    internal override GraphPlan Parse(byte[] text, IReadOnlyList<XlatorOption> live) =>
        UnitPlan.Parse(text, Options, Library, live);

    /// <inheritdoc/>
    internal override string TextOf(GraphPlan plan) => ((UnitPlan)plan).TextFor(ListenPath);

    /// <inheritdoc/>
    internal override void Announce(ILogger logger) =>
        GraphLifeLog.Starting(
            logger, ProgramVersion.Text, Library.GlusterFsVersion, UnitDirectory.Path, Options.Volfile, Address.Port);

    /// <inheritdoc/>
    protected override void Prepare()
    {
        GlusterContext.ReserveDescriptors(descriptors.ForNodes);
        Plan = UnitPlan.Parse(GraphPlan.ReadText(Options.Volfile), Options, Library);
        UnitDirectory = new UnitDirectory(Plan.Identity.Directory, Plan.Identity.VolumeId);
        Address = ListenAddress.ResolveForUnit(listen.BindAddress, listen.Port, Plan.ListenAddress);
        listen.CheckPorts(Address.Port);
        VolfileTls.CheckFiles(tls);
        _ = UnitDirectory.Check(unit.InitDirectory);
        Record = new UnitRecord(Options.Volfile, Plan.Identity.Directory, Plan.Identity.VolumeId);
        Record.Check();
    }
}

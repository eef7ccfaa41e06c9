using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>What a self-heal daemon is going to run.</summary>
internal sealed class HealPreparation(GraphProcessOptions options) : GraphPreparation(options)
{
    /// <summary>What the process is going to run.</summary>
    internal HealPlan Plan { get => field ?? throw NotStarted(); private set; }

    /// <inheritdoc/>
    internal override GraphPlan Graph => Plan;

    /// <inheritdoc/>
    internal override GraphPlan Parse(byte[] text, IReadOnlyList<XlatorOption> live) =>
        HealPlan.Parse(text, Options, Library, live);

    /// <inheritdoc/>
    internal override string TextOf(GraphPlan plan) => VolfilePrinter.Print(plan.Volfile);

    /// <inheritdoc/>
    internal override void Announce(ILogger logger) =>
        GraphLifeLog.HealDaemonStarting(logger, ProgramVersion.Text, Library.GlusterFsVersion, Options.Volfile, Plan.Units.Count);

    /// <inheritdoc/>
    protected override void Prepare() => Plan = HealPlan.Parse(GraphPlan.ReadText(Options.Volfile), Options, Library);
}

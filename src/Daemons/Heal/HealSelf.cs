using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>Status lines of a self-heal daemon, and what signals do.</summary>
internal sealed class HealSelf(GraphProcessOptions options, GlusterContext context, GraphReload reload, ILogger<HealSelf> logger)
    : GraphSelf(context, reload, logger)
{
    /// <inheritdoc/>
    public override string Status => $"healing what {options.Volfile} is made of";

    /// <inheritdoc/>
    public override void SayReady() => GraphLifeLog.HealDaemonReady(logger);

    /// <inheritdoc/>
    public override string SayStopping() => "leaving what is being healed to the next one";
}

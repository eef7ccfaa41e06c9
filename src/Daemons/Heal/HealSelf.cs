using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>What a self-heal daemon says of itself, and does when a signal asks for it.</summary>
/// <param name="options">Say what it runs.</param>
/// <param name="context">The graph.</param>
/// <param name="reload">Reads everything again.</param>
/// <param name="logger">Told what it does.</param>
internal sealed class HealSelf(GraphOptions options, GlusterContext context, GraphReload reload, ILogger<HealSelf> logger)
    : GraphSelf(context, reload, logger)
{
    /// <inheritdoc/>
    public override string Status => $"healing what {options.Volfile} is made of";

    /// <inheritdoc/>
    public override void SayReady() => GraphLifeLog.HealDaemonReady(logger);

    /// <inheritdoc/>
    public override string SayStopping() => "leaving what is being healed to the next one";
}

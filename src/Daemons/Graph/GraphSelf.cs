using KadaluFsd.Hosting;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Status lines of a process with a graph, and what signals do.</summary>
internal abstract class GraphSelf(GlusterContext context, GraphReload reload, ILogger logger) : IDaemon
{
    protected GlusterContext Context { get; } = context;

    /// <inheritdoc/>
    public abstract string Status { get; }

    /// <inheritdoc/>
    public abstract void SayReady();

    /// <inheritdoc/>
    public abstract string SayStopping();

    /// <inheritdoc/>
    public void Reload() => reload.Run();

    /// <inheritdoc/>
    public void WriteStatedump()
    {
        // GlusterFS reports nothing if it is missing.
        if (GlusterRunDirectory.Create() is { } reason)
        {
            ControlLog.StatedumpRefused(logger, reason);
            return;
        }

        Context.WriteStatedump();
        ControlLog.StatedumpOrdered(logger);
    }
}

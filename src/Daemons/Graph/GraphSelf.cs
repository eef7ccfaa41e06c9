using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Linux.Files;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Status lines of a process with a graph, and what signals do.</summary>
internal abstract class GraphSelf(GlusterContext context, GraphReload reload, ILogger logger) : IDaemon
{
    // DEFAULT_VAR_RUN_DIRECTORY, where libglusterfs writes it.
    private const string StatedumpDirectory = "/var/run/gluster";

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
        try
        {
            // GlusterFS reports nothing if it is missing, and only its server package creates it.
            OwnFiles.CreateDirectory(StatedumpDirectory);
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            ControlLog.StatedumpRefused(logger, exception.Message);
            return;
        }

        Context.WriteStatedump();
        ControlLog.StatedumpOrdered(logger);
    }
}

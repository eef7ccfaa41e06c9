using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Proves that clients given to the graph are let in: waits until it has come up.</summary>
/// <param name="context">The graph.</param>
/// <param name="log">Say where the log is.</param>
internal sealed class GraphProof(GlusterContext context, LogOptions log) : Part
{
    /// <summary>Whether it is known; false for a moment at the start. From any thread.</summary>
    internal bool IsProven { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <inheritdoc/>
    protected override async Task StartAsync(CancellationToken stopping)
    {
        await Task.Run(() => HostedGraph.Prove(context, log.Path), CancellationToken.None);
        IsProven = true;
    }
}

using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Proves that the graph authenticates clients: waits until it has come up.</summary>
internal sealed class GraphProof(GlusterContext context, LogOptions log) : Part
{
    /// <summary>Whether that is proven; false for a moment at the start. From any thread.</summary>
    internal bool IsProven { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <inheritdoc/>
    protected override async Task StartAsync(CancellationToken stopping)
    {
        await Task.Run(() => GraphStarter.Prove(context, log.Path), CancellationToken.None);
        IsProven = true;
    }
}

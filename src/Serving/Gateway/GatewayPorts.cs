using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Gateway;

/// <summary>What only one gateway can have: its ports. Closed by the router.</summary>
public sealed class GatewayPorts(DaemonOptions options, ListenerSet listeners) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        VolfileTls.CheckFiles(options);
        listeners.OpenForGateway();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        listeners.Dispose();
        return Task.CompletedTask;
    }
}

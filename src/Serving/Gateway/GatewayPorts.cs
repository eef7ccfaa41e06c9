using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Gateway;

/// <summary>Claims the ports of a gateway. The router closes them.</summary>
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

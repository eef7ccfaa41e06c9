using KadaluFsd.Hosting;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Gateway;

/// <summary>Claims the ports of a gateway. The router closes them.</summary>
public sealed class GatewayPorts(ListenerSet listeners, VolfileTlsOptions tls) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        VolfileTls.CheckFiles(tls);
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

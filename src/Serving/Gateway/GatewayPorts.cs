using KadaluFsd.Hosting;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Gateway;

/// <summary>What only one gateway can have: its ports. Closed by the router.</summary>
/// <param name="listeners">The ports.</param>
/// <param name="tls">Say which files must be there.</param>
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

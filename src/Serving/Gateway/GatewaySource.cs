using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Gateway;

/// <summary>What a gateway serves: every pool's volfiles.</summary>
public sealed class GatewaySource(VolfileServerOptions options) : IVolfileSource
{
    /// <inheritdoc/>
    public string Directory => options.Directory ?? UsualPlaces.Volfiles;

    /// <inheritdoc/>
    public ServedPools Pools => ServedPools.All;
}

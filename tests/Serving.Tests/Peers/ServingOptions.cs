using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>The options of a <see cref="ServingProcess"/>. It listens where the kernel has a free port.</summary>
internal sealed class ServingOptions
{
    internal ListenOptions Listen { get; } = new() { Gateway = "127.0.0.1:0" };

    internal ConnectionOptions Connections { get; } = new();

    internal VolfileServerOptions Volfiles { get; } = new();

    internal VolfileTlsOptions Tls { get; } = new();
}

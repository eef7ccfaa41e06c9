using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What a unit may do to its directory.</summary>
internal sealed class UnitOptions
{
    /// <summary>
    /// Whether to write the volume id onto a directory that has none. Off, because an empty mount point has none either.
    /// </summary>
    [ConfigurationKeyName("init-directory")]
    public bool InitDirectory { get; set; }

    /// <summary>Binds them.</summary>
    internal static UnitOptions Of(GivenOptions given) =>
        given.Bind<UnitOptions>(static (values, options) => values.Bind(options));
}

using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Manager.Nodes;

/// <summary>Where a manager serves.</summary>
public sealed class ManagerOptions
{
    /// <summary>Where nodes are served.</summary>
    [ConfigurationKeyName("cluster-listen"), EndPoint]
    public string Listen { get; set; } = $"[::]:{DefaultPorts.Manager}";

    /// <summary>Where nodes are served.</summary>
    internal IPEndPoint ParseListen() => IPEndPoint.Parse(Listen);

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static ManagerOptions Of(GivenOptions given)
    {
        ArgumentNullException.ThrowIfNull(given);
        return given.Bind<ManagerOptions>(static (values, options) => values.Bind(options), new ManagerOptionsValidator());
    }
}

/// <summary>Checks <see cref="ManagerOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ManagerOptionsValidator : IValidateOptions<ManagerOptions>;

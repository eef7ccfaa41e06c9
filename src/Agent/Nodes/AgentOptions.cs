using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Agent.Nodes;

/// <summary>Where an agent serves.</summary>
public sealed class AgentOptions
{
    /// <summary>Where the manager and other nodes are served.</summary>
    [ConfigurationKeyName("cluster-listen"), EndPoint]
    public string Listen { get; set; } = $"[::]:{DefaultPorts.Agent}";

    /// <summary>Where the manager and other nodes are served.</summary>
    internal IPEndPoint ParseListen() => IPEndPoint.Parse(Listen);

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static AgentOptions Of(GivenOptions given)
    {
        ArgumentNullException.ThrowIfNull(given);
        return given.Bind<AgentOptions>(static (values, options) => values.Bind(options), new AgentOptionsValidator());
    }
}

/// <summary>Checks <see cref="AgentOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class AgentOptionsValidator : IValidateOptions<AgentOptions>;

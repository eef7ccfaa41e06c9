using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Which graph a process hosts, and how long it waits at its beginning and its end.</summary>
internal sealed class GraphProcessOptions
{
    /// <summary>Path of the process's own volfile.</summary>
    [ConfigurationKeyName(DaemonOptionTable.Volfile)]
    public string Volfile { get; set; } = "";

    /// <summary>The name of the volfile, as its translators report it; null for the file's.</summary>
    [ConfigurationKeyName(GlusterfsdKeys.VolfileId)]
    public string? VolfileId { get; set; }

    /// <summary>Unit: the directory that its volfile must be for; null where anything goes.</summary>
    [ConfigurationKeyName(GlusterfsdKeys.BrickName)]
    public string? BrickName { get; set; }

    /// <summary>
    /// Options that are set in the volfile once it has been read, <c>VOLUME.OPTION=VALUE</c>; for those who start the process
    /// with glusterfsd's arguments.
    /// </summary>
    [ConfigurationKeyName(GlusterfsdKeys.XlatorOption)]
    public IList<string> XlatorOptions { get; set; } = [];

    /// <summary>
    /// How long a starting process waits for an earlier one of the same unit or pool to end, and for its port. A unit that was
    /// told to stop needs up to its stop timeout; managers start the next one before that.
    /// </summary>
    [ConfigurationKeyName("predecessor-timeout"), Seconds]
    public TimeSpan PredecessorTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long operations in progress may take after the unit was told to stop, before it stops without their answers.
    /// </summary>
    [ConfigurationKeyName("stop-timeout"), Seconds]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads what is set in the volfile.</summary>
    /// <returns>The options, in their order.</returns>
    internal ImmutableArray<XlatorOption> ParseXlatorOptions() => [.. XlatorOptions.Select(XlatorOption.Parse)];

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    internal static GraphProcessOptions Of(GivenOptions given) =>
        given.Bind<GraphProcessOptions>(static (values, options) => values.Bind(options), new GraphProcessOptionsValidator());
}

/// <summary>Checks <see cref="GraphProcessOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class GraphProcessOptionsValidator : IValidateOptions<GraphProcessOptions>;

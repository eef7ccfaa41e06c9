using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Which volfiles are served, to whom, and what clients are sent with them.</summary>
public sealed class VolfileServerOptions
{
    /// <summary>
    /// Directory with the <c>KEY.vol</c> files that clients may fetch; null to take the volfile's <c>volspec-directory</c>, or
    /// else <see cref="UsualPlaces.Volfiles"/>.
    /// </summary>
    [ConfigurationKeyName("volfiles")]
    public string? Directory { get; set; }

    /// <summary>Which addresses and networks may fetch; null for all. See <see cref="AddressFilter"/>.</summary>
    [ConfigurationKeyName("allow"), Networks]
    public string? Allow { get; set; }

    /// <summary>Which may not; null for none.</summary>
    [ConfigurationKeyName("deny"), Networks]
    public string? Deny { get; set; }

    /// <summary>
    /// How often the list of servers that goes with a volfile goes round, 1 to <see cref="ServerList.MaxRounds"/>.
    /// </summary>
    [ConfigurationKeyName("server-rounds"), Range(1, ServerList.MaxRounds)]
    public int ServerRounds { get; set; } = ServerList.MaxRounds;

    /// <summary>
    /// Under which names clients of certain networks reach the pool's hosts. The server list has the volfile's names for all
    /// others; where storage nodes have a network for clients of their own, these are of no use there.
    /// </summary>
    [ConfigurationKeyName("advertise"), AdvertisedNames]
    public string Advertise { get; set; } = "";

    /// <summary>
    /// Over how long the news of a changed volfile is spread at most. All clients of a pool fetch it again when they hear of it;
    /// half a second for thousands of them keeps that off the I/O.
    /// </summary>
    [ConfigurationKeyName("notify-window"), Seconds]
    public TimeSpan NotifyWindow { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Reads who may fetch.</summary>
    /// <returns>The filter.</returns>
    internal AddressFilter ParseFilter() => new(AddressFilter.Parse(Allow), AddressFilter.Parse(Deny));

    /// <summary>Reads under which names hosts are reached.</summary>
    /// <returns>The networks; the first that a client is in decides.</returns>
    internal ImmutableArray<AdvertisedNames> ParseAdvertised() => AdvertisedNames.Parse(Advertise);

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static VolfileServerOptions Of(GivenOptions given) =>
        given.Bind<VolfileServerOptions>(static (values, options) => values.Bind(options), new VolfileServerOptionsValidator());
}

/// <summary>Checks <see cref="VolfileServerOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class VolfileServerOptionsValidator : IValidateOptions<VolfileServerOptions>;

/// <summary>A list of networks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetworksAttribute() : ParsedTextAttribute(text => AddressFilter.Parse(text));

/// <summary>A list of networks with names.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AdvertisedNamesAttribute() : ParsedTextAttribute(text => AdvertisedNames.Parse(text));

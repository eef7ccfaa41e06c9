using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Whether and how volfiles are fetched with TLS.</summary>
public sealed class VolfileTlsOptions
{
    /// <summary>Whether they are.</summary>
    [ConfigurationKeyName("tls")]
    public TlsMode Mode { get; set; }

    /// <summary>
    /// PEM file with the certificate of those who serve volfiles; null for GlusterFS's usual one, like the next two.
    /// </summary>
    [ConfigurationKeyName("tls-cert")]
    public string? Certificate { get; set; }

    /// <summary>PEM file with its key.</summary>
    [ConfigurationKeyName("tls-key")]
    public string? Key { get; set; }

    /// <summary>PEM file with the certificates of those who sign clients'.</summary>
    [ConfigurationKeyName("tls-ca")]
    public string? Authorities { get; set; }

    /// <summary>Names in certificates that may fetch volfiles, separated by commas; null for all that are signed.</summary>
    [ConfigurationKeyName("tls-allow"), CommonNames]
    public string? Allow { get; set; }

    /// <summary>Reads who may fetch.</summary>
    /// <returns>The names; empty for all that are signed.</returns>
    internal ImmutableArray<string> ParseAllowed() => Allow is null ? [] : CommonNamesAttribute.Parse(Allow);

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static VolfileTlsOptions Of(GivenOptions given) =>
        given.Bind<VolfileTlsOptions>(static (values, options) => values.Bind(options), new VolfileTlsOptionsValidator());
}

/// <summary>Checks <see cref="VolfileTlsOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class VolfileTlsOptionsValidator : IValidateOptions<VolfileTlsOptions>;

/// <summary>A list of common names.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CommonNamesAttribute() : ParsedTextAttribute(text => Parse(text))
{
    // An empty list would let everybody in. RFC 5280, appendix A: ub-common-name.
    internal static ImmutableArray<string> Parse(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries) is var names &&
        names.All(name => name.Length is >= 1 and <= 64 && !name.Any(char.IsControl))
            ? [.. names] : throw new FormatException("common names of 1 to 64 characters, separated by commas");
}

using System.Globalization;

namespace KadaluFsd.Volgen.Options;

/// <summary>The definition of a translator's option (struct volume_options of glusterfs/options.h).</summary>
/// <param name="Keys">Its names, the usual one first.</param>
/// <param name="Kind">The type of its value: GF_OPTION_TYPE_* without the prefix.</param>
public sealed record OptionRule(IReadOnlyList<string> Keys, string Kind)
{
    private const string Everything = "*";
    private const int SectorSize = 512;

    /// <summary>The allowed values; empty for any value of its type.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The minimum; null for none.</summary>
    public double? Minimum { get; init; }

    /// <summary>The maximum; null for none.</summary>
    public double? Maximum { get; init; }

    /// <summary>The default; null for none.</summary>
    public string? DefaultValue { get; init; }

    /// <summary>The description; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Whether a running graph takes it.</summary>
    public bool IsLive { get; init; }

    /// <summary>The allowed values as text.</summary>
    public string Range => Kind switch
    {
        _ when Values.Count > 0 => string.Join('|', Values),
        "BOOL" => "on|off",
        "STR" or "ANY" or "XLATOR" => "text",
        "PATH" => "absolute path",
        "INTERNET_ADDRESS" => "host name or address",
        "INTERNET_ADDRESS_LIST" => "list of host names, addresses or networks, with commas between",
        "CLIENT_AUTH_ADDR" => "addresses",
        _ => $"{KindInWords}{(Minimum, Maximum is { } limit && double.IsFinite(limit) ? Maximum : null) switch
        {
            (null, null) => "",
            ({ } least, null) => $" from {Text(least)}",
            (null, { } most) => $" up to {Text(most)}",
            ({ } least, { } most) => $" from {Text(least)} to {Text(most)}",
        }}",
    };

    private string KindInWords => Kind switch
    {
        "SIZET" => "size",
        "PERCENT" => "percentage",
        "PERCENT_OR_SIZET" => "percentage or size",
        "TIME" => "seconds",
        "DOUBLE" => "number",
        "PRIORITY_LIST" => "list of name:number, with commas between",
        "SIZE_LIST" => "list",
        _ => "whole number",
    };

    /// <summary>Checks a value by the rules of libglusterfs/src/options.c.</summary>
    /// <returns>Why it is invalid; null for a valid one.</returns>
    public string? Check(string value)
    {
        bool isGood = value.Length > 0 && !value.Contains('`', StringComparison.Ordinal) && Kind switch
        {
            "BOOL" => GlusterBoolean.IsOne(value),
            "STR" => Values.Count == 0 || Values.Contains(Everything) || Values.Contains(value, StringComparer.Ordinal),
            "PATH" => value.StartsWith('/') && !value.Contains("../", StringComparison.Ordinal),
            "INT" => GlusterSize.TryParseInteger(value, out long number) && IsInRange(number),
            "DOUBLE" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) &&
            double.IsFinite(number) && IsInRange(number),
            "SIZET" => GlusterSize.TryParse(value, out double size) && IsInRange(size),
            "PERCENT" => GlusterSize.TryParsePercentage(value, out double percentage) && percentage is >= 0 and <= 100,
            "PERCENT_OR_SIZET" => GlusterSize.TryParsePercentageOrSize(value, out double share, out bool isPercentage) &&
            (isPercentage ? share <= 100 : IsInRange(share)),
            "TIME" => GlusterSize.TryParseTime(value, out double seconds) && IsInRange(seconds),
            "INTERNET_ADDRESS" => GlusterAddress.IsHost(value),
            "INTERNET_ADDRESS_LIST" => GlusterAddress.IsList(value),
            "PRIORITY_LIST" =>
                value.Split(',')
                .All(item =>
                    item.Split(':') is [{ Length: > 0 }, var priority] &&
                    GlusterSize.TryParseInteger(priority, out long number) && number is >= int.MinValue and <= int.MaxValue),
            "SIZE_LIST" => value.Split(',')
            .All(item => GlusterSize.TryParse(item.Split(':')[^1], out double size) && size % SectorSize == 0 && IsInRange(size)),
            _ => true,
        };
        return isGood ? null
            : $"\"{Excerpt.Of(value)}\" is not {(Range is "text" or "addresses" ? "a value" : $"{Article}{Range}")}";
    }

    private string Article => Kind switch
    {
        _ when Values.Count > 0 => "",
        "BOOL" or "TIME" => "",
        "PATH" => "an ",
        _ => "a ",
    };

    private bool IsInRange(double number) =>
        (Minimum is not { } least || number >= least) && (Maximum is not { } most || number <= most);

    private string Text(double number) => Kind is "SIZET" or "PERCENT_OR_SIZET" && number >= 1024
        ? GlusterSize.Describe(number)
        : number.ToString("0.###", CultureInfo.InvariantCulture);
}

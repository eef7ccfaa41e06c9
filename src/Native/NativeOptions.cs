using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

/// <summary>Options of translators as libkfsd reports them.</summary>
internal static class NativeOptions
{
    // ZR_OPTION_MAX_ARRAY_SIZE of glusterfs/options.h.
    private const int MaxValues = 64;

    // GF_OPT_VALIDATE_*, in its order: both, the minimum, the maximum.
    private const int ValidateMinimum = 1;
    private const int ValidateMaximum = 2;

    // GF_OPTION_TYPE_*, in its order.
    private static readonly string[] s_types =
    [
        "ANY", "STR", "INT", "SIZET", "PERCENT", "PERCENT_OR_SIZET", "BOOL", "XLATOR", "PATH", "TIME", "DOUBLE",
        "INTERNET_ADDRESS",
        "INTERNET_ADDRESS_LIST", "PRIORITY_LIST", "SIZE_LIST", "CLIENT_AUTH_ADDR",
    ];

    /// <summary>Converts an option.</summary>
    /// <returns>The option; its texts are copies.</returns>
    internal static unsafe TranslatorOption Describe(Kfsd.NativeOption option)
    {
        var keys = new List<string>();
        foreach (nint key in (ReadOnlySpan<nint>)option.Keys)
        {
            if (key != 0)
            {
                keys.Add(NativeText.Read((byte*)key));
            }
        }

        var values = new List<string>();
        while (values.Count < MaxValues && option.Values[values.Count] is not null)
        {
            values.Add(NativeText.Read(option.Values[values.Count]));
        }

        bool hasRange = option.Minimum != 0 || option.Maximum != 0;
        return new TranslatorOption(
            NativeText.ReadOptional(option.Translator) ?? "", [.. keys],
            option.Type >= 0 && option.Type < s_types.Length ? s_types[option.Type] : "ANY",
            NativeText.ReadOptional(option.DefaultValue), hasRange ? [option.Minimum, option.Maximum] : null,
            NativeText.ReadOptional(option.Description),
            option.IsSettable != 0, [.. values],
            option.Validation == ValidateMinimum || (hasRange && option.Validation != ValidateMaximum),
            hasRange && option.Validation != ValidateMinimum, option.CanReconfigure != 0);
    }
}

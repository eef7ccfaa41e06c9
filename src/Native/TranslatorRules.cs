using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Native;

/// <summary>The options of installed translators.</summary>
public static class TranslatorRules
{
    private const string Transport = "rpc-transport/socket";
    private static readonly Dictionary<string, IReadOnlyList<OptionRule>> s_known = [];

    /// <summary>The options of a translator, with those of the transport if it has connections.</summary>
    /// <returns>The options; empty where it is not installed.</returns>
    public static IReadOnlyList<OptionRule> Of(string type)
    {
        if (!s_known.TryGetValue(type, out IReadOnlyList<OptionRule>? rules))
        {
            rules = type.StartsWith("protocol/", StringComparison.Ordinal) ? [.. Read(type), .. Read(Transport)] : Read(type);
            s_known[type] = rules;
        }

        return rules;
    }

    private static OptionRule[] Read(string type)
    {
        try
        {
            return [.. GlusterLibrary.GetOptions(type).Select(option => new OptionRule(option.Keys, option.Type)
            {
                Values = option.Values,
                Minimum = option.HasMinimum ? option.Range?[0] ?? 0 : null,
                Maximum = option.HasMaximum ? option.Range?[1] : null,
                DefaultValue = option.DefaultValue,
                Description = option.Description,
                IsLive = option.IsLive,
            })];
        }
        catch (GraphException)
        {
            return [];
        }
    }
}

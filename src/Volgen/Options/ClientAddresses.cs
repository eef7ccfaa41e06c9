namespace KadaluFsd.Volgen.Options;

/// <summary>The list of clients that may mount a pool, by their addresses.</summary>
public static class ClientAddresses
{
    /// <summary>The option of a pool that has it.</summary>
    public const string Option = "auth.allow";

    /// <summary>The list that has everybody: what holds where there is none.</summary>
    public const string Everybody = "*";

    private static readonly OptionRule s_rule = new([Option], "INTERNET_ADDRESS_LIST");

    /// <summary>Checks a list as units do, where GlusterFS is not installed.</summary>
    /// <returns>Why it is none; null for a valid one.</returns>
    public static string? Check(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return s_rule.Check(list);
    }
}

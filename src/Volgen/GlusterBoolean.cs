namespace KadaluFsd.Volgen;

/// <summary>Truth values as GlusterFS reads them (libglusterfs/src/common-utils.c, gf_string2boolean).</summary>
public static class GlusterBoolean
{
    private static readonly string[] s_true = ["1", "on", "yes", "true", "enable"];
    private static readonly string[] s_false = ["0", "off", "no", "false", "disable"];

    /// <summary>Whether a text is a truth value.</summary>
    public static bool IsOne(string text) => IsTrue(text) || IsFalse(text);

    /// <summary>Whether a text means true.</summary>
    /// <returns>False also for what is no truth value.</returns>
    public static bool IsTrue(string text) => s_true.Contains(text, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a text means false.</summary>
    /// <returns>False also for what is no truth value.</returns>
    public static bool IsFalse(string text) => s_false.Contains(text, StringComparer.OrdinalIgnoreCase);
}

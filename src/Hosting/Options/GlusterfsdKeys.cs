namespace KadaluFsd.Hosting.Options;

/// <summary>
/// Configuration keys of what only glusterfsd's arguments can set, and no option of a command.
/// </summary>
public static class GlusterfsdKeys
{
    /// <summary>The volfile's name, as its translators report it; a pool's name gives it as well.</summary>
    public const string VolfileId = "volfile-id";

    /// <summary>The directory that a unit's volfile must be for.</summary>
    public const string BrickName = "brick-name";

    /// <summary>Whether the pid file stays when the process ends as it was told to.</summary>
    public const string KeepPidFile = "keep-pid-file";

    /// <summary>A list of options that are set in the volfile.</summary>
    public const string XlatorOption = "xlator-option";
}

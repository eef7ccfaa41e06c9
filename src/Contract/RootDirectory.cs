namespace KadaluFsd.Contract;

/// <summary>What everything of this node is kept below: <c>/</c>, except for trials.</summary>
public static class RootDirectory
{
    /// <summary>The environment variable with another one.</summary>
    public const string Variable = "KADALU_FSD_ROOT";

    /// <summary>This process's; the variable may have a relative path.</summary>
    public static string OfEnvironment =>
        Path.GetFullPath(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root ? root : "/");
}

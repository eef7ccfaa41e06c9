using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>
/// Other programs, by their full path: .NET would search a bare name in the current directory first, which may be anybody's.
/// </summary>
public static class Programs
{
    /// <summary>GlusterFS's client.</summary>
    public const string GlusterFs = "glusterfs";

    /// <summary>Finds a program in PATH.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Where(directory => directory.StartsWith('/'))
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
        ?? throw new CommandException(ExitCode.PoolRefused, $"{name} is not installed, or not in PATH");
}

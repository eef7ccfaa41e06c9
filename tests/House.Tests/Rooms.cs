using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace KadaluFsd.House.Tests;

/// <summary>Everything that ships, as it was compiled.</summary>
internal static class Rooms
{
    /// <summary>What all our names begin with.</summary>
    internal const string Prefix = "KadaluFsd.";

    private static readonly Lazy<Architecture> s_all = new(() => new ArchLoader().LoadAssemblies(Assemblies()).Build());

    /// <summary>All types, with what they use.</summary>
    internal static Architecture All => s_all.Value;

    /// <summary>The assemblies.</summary>
    /// <returns>They.</returns>
    internal static Assembly[] Assemblies() =>
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(path => IsShipped(Path.GetFileName(path)))
            .Select(Assembly.LoadFrom)];

    private static bool IsShipped(string name) =>
        name is "kadalu-fsd.dll" or "kadalu.dll" ||
        (name.StartsWith(Prefix, StringComparison.Ordinal) && !name.EndsWith(".Tests.dll", StringComparison.Ordinal) &&
            name is not "KadaluFsd.Reference.dll");
}

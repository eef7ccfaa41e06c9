using System.Reflection;

namespace KadaluFsd.Fsd;

/// <summary>This program's version.</summary>
internal static class ProgramVersion
{
    /// <summary>As in the build's properties, such as <c>0.1.0</c>.</summary>
    internal static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}

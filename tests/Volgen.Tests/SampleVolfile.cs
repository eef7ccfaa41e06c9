namespace KadaluFsd.Volgen.Tests;

/// <summary>Volfiles that glusterd and Kadalu have written.</summary>
internal static class SampleVolfile
{
    /// <summary>Reads one.</summary>
    /// <param name="name">Its path below the folder of samples.</param>
    internal static Volfile Read(string name) =>
        VolfileParser.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", name)));
}

namespace KadaluFsd.Shared;

/// <summary>Records captured from GlusterFS 10.3, record marks included.</summary>
internal static class Golden
{
    internal static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.hex").Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "golden");

    internal static byte[] Read(string name) =>
        Convert.FromHexString(string.Concat(File.ReadAllText(Path.Combine(Folder, name + ".hex")).Where(char.IsAsciiHexDigit)));
}

using KadaluFsd.Contract;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Graph;

/// <summary>GlusterFS's own account of everything it holds (libglusterfs/src/statedump.c).</summary>
internal static class Statedump
{
    /// <summary>Has one written, and takes it.</summary>
    /// <exception cref="IOException">It was not written, or somewhere else.</exception>
    internal static string Take(GlusterContext context)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("kadalu-fsd-statedump-");
        try
        {
            context.WriteStatedump(directory.FullName);
            return directory.GetFiles() is [var file]
                ? File.ReadAllText(file.FullName)
                : throw new IOException("no statedump was written: does a glusterdump.options file name another directory?");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Takes one apart.</summary>
    /// <returns>Its sections; what stands before the first one is in a section without a name.</returns>
    internal static IReadOnlyList<StatedumpSection> Parse(string text)
    {
        var sections = new List<(string Name, List<StatedumpValue> Values)> { ("", []) };
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                sections.Add((line[1..^1], []));
            }
            else
            {
                int equals = line.IndexOf('=', StringComparison.Ordinal);
                sections[^1].Values.Add(
                    equals < 0 ? new StatedumpValue(line, "") : new StatedumpValue(line[..equals], line[(equals + 1)..]));
            }
        }

        return [.. sections.Select(section => new StatedumpSection(section.Name, [.. section.Values]))];
    }
}

using KadaluFsd.Contract;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Reads GlusterFS's statedump (libglusterfs/src/statedump.c).</summary>
internal static class Statedump
{
    /// <summary>Has a statedump written, reads it, and removes the file.</summary>
    /// <exception cref="IOException">It was not written, or elsewhere.</exception>
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

    /// <summary>Parses a statedump.</summary>
    /// <returns>Its sections; lines before the first one are in a section without a name.</returns>
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

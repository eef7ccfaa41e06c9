using System.Text.RegularExpressions;

namespace KadaluFsd.House.Tests;

/// <summary>
/// Files and directories are made in one place, which gives each the mode it must have: the umask of a process with a graph is 0.
/// </summary>
public class OwnFilesTests
{
    private const string Place = "src/Linux/Files/OwnFiles.cs";

    // What they make is in a unit's own directory, where GlusterFS's modes hold.
    private static readonly string[] s_inUnits =
        ["src/Storage/UnitDirectory.cs", "src/Storage/HiddenDirectory.cs", "src/Pools/UnitIndex.cs",
            "src/Pools/DirectoryDiscard.cs", "src/Daemons/Health/DirectoryProbe.cs"];

    private static readonly Regex s_makes =
        new(@"\b(Directory\.CreateDirectory\(|File\.(WriteAll|AppendAll|Create|AppendText|CreateText|Open(?!Read|Handle))|new StreamWriter\(""|FileMode\.(Append|Create|CreateNew|OpenOrCreate)\b)");

    [Fact]
    public void Nothing_else_makes_files_or_directories()
    {
        string[] others = [.. House.Files("src", "*.cs").Where(file => file != Place && !s_inUnits.Contains(file))
            .SelectMany(
                file =>
                    House.Read(file).Split('\n')
                    .Where(line => s_makes.IsMatch(line) && !line.Contains("CreateSymbolicLink", StringComparison.Ordinal))
                    .Select(line => $"{file}: {line.Trim()}"))];
        Assert.True(others.Length == 0, $"what makes a file or a directory is in {Place}:\n{string.Join('\n', others)}");
    }
}

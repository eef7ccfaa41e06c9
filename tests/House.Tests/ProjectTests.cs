using System.Xml.Linq;

namespace KadaluFsd.House.Tests;

/// <summary>The arrows between projects, and what each may do.</summary>
public class ProjectTests
{
    private static readonly Dictionary<string, string[]> s_arrows = new()
    {
        ["src/Rpc/Rpc.csproj"] = [],
        ["src/Volgen/Volgen.csproj"] = [],
        ["src/Linux/Linux.csproj"] = [],
        ["src/Contract/Contract.csproj"] = ["Linux", "Volgen"],
        ["src/Storage/Storage.csproj"] = ["Contract", "Linux", "Volgen"],
        ["src/Pools/Pools.csproj"] = ["Contract", "Linux", "Storage", "Volgen"],
        ["src/Cluster/Cluster.csproj"] = ["Contract", "Linux", "Volgen"],
        ["src/Agent/Agent.csproj"] = ["Cluster", "Contract", "Control", "Hosting", "Linux", "Pools", "Volgen"],
        ["src/Manager/Manager.csproj"] = ["Cluster", "Contract", "Control", "Hosting", "Linux", "Volgen"],
        ["src/Native/Native.csproj"] = ["Contract", "Linux", "Volgen"],
        ["src/Hosting/Hosting.csproj"] = ["Contract", "Linux", "Volgen"],
        ["src/Control/Control.csproj"] = ["Contract", "Hosting", "Linux", "Volgen"],
        ["src/CommandLine/CommandLine.csproj"] = ["Contract", "Hosting", "Linux", "Volgen"],
        ["src/Serving/Serving.csproj"] = ["Contract", "Hosting", "Linux", "Rpc", "Volgen"],
        ["src/Daemons/Daemons.csproj"] = ["Contract", "Control", "Hosting", "Linux", "Native", "Serving", "Storage", "Volgen"],
        ["src/Fsd/Fsd.csproj"] =
        [
            "Agent", "Cluster", "CommandLine", "Contract", "Daemons", "Hosting", "Linux", "Native", "Pools", "Rpc", "Serving", "Storage",
            "Volgen",
        ],
        ["src/Kadalu/Kadalu.csproj"] =
            ["Cluster", "CommandLine", "Contract", "Hosting", "Linux", "Manager", "Pools", "Volgen"],
    };

    [Fact]
    public void Shipped_projects_know_only_whom_the_plan_allows()
    {
        Assert.Equal(s_arrows.Keys.Order(), House.Files("src", "*.csproj").Order());
        foreach ((string project, string[] allowed) in s_arrows)
        {
            IEnumerable<string> references = XDocument.Parse(House.Read(project)).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            Assert.Equal(allowed, references.Order());
        }
    }

    [Fact]
    public void Only_the_rooms_of_the_kernel_and_of_the_graph_may_be_unsafe() =>
        Assert.Equal(
            ["src/Linux/Linux.csproj", "src/Native/Native.csproj"],
            House.Files("src", "*.csproj")
                .Where(project => House.Read(project).Contains("AllowUnsafeBlocks", StringComparison.Ordinal)).Order());

    [Fact]
    public void Versions_stand_in_one_file_only() =>
        Assert.DoesNotContain(
            House.Files(".", "*.csproj"),
            project => XDocument.Parse(House.Read(project))
            .Descendants("PackageReference").Any(reference => reference.Attribute("Version") is not null));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = House.Read("KadaluFsd.sln").Replace('\\', '/');
        Assert.All(House.Files(".", "*.csproj"), project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src", "*.cs", 250)]
    [InlineData("native", "*.c", 550)]
    [InlineData("native", "*.h", 550)]
    public void Every_source_file_can_be_read_at_a_sitting(string folder, string pattern, int lines)
    {
        string[] files = [.. House.Files(folder, pattern)];
        Assert.NotEmpty(files);
        Assert.All(files, file =>
            Assert.True(File.ReadLines(Path.Combine(House.Root, file)).Count() <= lines, $"{file} is longer than {lines} lines"));
    }
}

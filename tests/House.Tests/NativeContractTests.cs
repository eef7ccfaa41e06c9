using System.Text.RegularExpressions;

namespace KadaluFsd.House.Tests;

/// <summary>The shim's header, its list of exports and the imports of src/Native say the same.</summary>
public partial class NativeContractTests
{
    // The others replace functions of GlusterFS by coming before them in symbol lookup; nobody here calls them.
    private readonly string[] _exports =
        [.. House.Read("native/exports").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(name => name.StartsWith("kfsd_", StringComparison.Ordinal))];

    [Fact]
    public void Every_export_is_declared_in_the_header()
    {
        string header = House.Read("native/include/kfsd.h");
        IEnumerable<string> declared = Declaration().Matches(header).Select(match => match.Groups[1].Value);
        Assert.Equal(_exports, declared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_export_has_its_import()
    {
        IEnumerable<string> imported = House.Files("src/Native/Interop", "*.cs")
            .SelectMany(file => EntryPoint().Matches(House.Read(file)).Select(match => match.Groups[1].Value));
        Assert.Equal(_exports, imported.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Events_have_the_same_numbers_on_both_sides()
    {
        string[] native = [.. Event().Matches(House.Read("native/include/kfsd.h")).Select(match => match.Groups[1].Value)];
        string[] managed = [.. Member().Matches(House.Read("src/Native/GraphEvent.cs")).Select(match => match.Groups[1].Value)];
        Assert.Equal(5, native.Length);
        Assert.Equal(native, managed);
    }

    [GeneratedRegex(@"KFSD_EXPORT [^;(]*?\b(kfsd_\w+)\(")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"EntryPoint = ""(kfsd_\w+)""")]
    private static partial Regex EntryPoint();

    [GeneratedRegex(@"#define KFSD_EVENT_\w+ (\d+)")]
    private static partial Regex Event();

    [GeneratedRegex(@"^    \w+ = (\d+),", RegexOptions.Multiline)]
    private static partial Regex Member();
}

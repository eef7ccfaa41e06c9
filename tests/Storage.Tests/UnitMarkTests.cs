using System.Text;

namespace KadaluFsd.Storage.Tests;

public sealed class UnitMarkTests : IDisposable
{
    private readonly DirectoryInfo _unit = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string MarkPath => HiddenDirectory.PathIn(_unit.FullName, UnitMark.FileName);

    public void Dispose() => _unit.Delete(recursive: true);

    [Fact]
    public void A_mark_is_read_as_it_was_written()
    {
        Directory.CreateDirectory(HiddenDirectory.PathIn(_unit.FullName));
        var mark = new UnitMark(Guid.NewGuid(), Guid.NewGuid());
        Assert.Null(UnitMark.Read(_unit.FullName));
        mark.Write(_unit.FullName);
        Assert.Equal(mark, UnitMark.Read(_unit.FullName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("volume=9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11\n")]
    [InlineData("volume=x\nunit=9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11\n")]
    public void What_lacks_a_line_is_no_mark(string text)
    {
        Directory.CreateDirectory(HiddenDirectory.PathIn(_unit.FullName));
        File.WriteAllText(MarkPath, text);
        Assert.Null(UnitMark.Read(_unit.FullName));
    }

    [Fact]
    public void Lines_have_a_key_and_keep_what_is_behind_the_first_equals_sign()
    {
        string path = Path.Combine(_unit.FullName, "lines");
        File.WriteAllBytes(path, [.. UnitLines.Of(("a", "1=2"), ("b", "")), .. "=x\nnothing\nc= d \n"u8]);
        Assert.Equal(
            [("a", "1=2"), ("b", ""), ("c", " d ")],
            UnitLines.Read(path)!.OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => (line.Key, line.Value)));
    }

    [Fact]
    public void A_file_that_is_too_long_or_is_none_has_no_lines()
    {
        string path = Path.Combine(_unit.FullName, "lines");
        Assert.Null(UnitLines.Read(path));
        File.WriteAllText(path, "a=" + new string('x', 8189) + "\n");
        Assert.Equal(8192, Encoding.UTF8.GetByteCount(File.ReadAllText(path)));
        Assert.NotNull(UnitLines.Read(path));
        File.AppendAllText(path, "x");
        Assert.Null(UnitLines.Read(path));
        Assert.Null(UnitLines.Read(_unit.FullName));
    }
}

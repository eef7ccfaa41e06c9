using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools.Tests;

/// <summary>Graphs that need not be tried again at once.</summary>
public sealed class TriedGraphsTests : IDisposable
{
    private static readonly Dictionary<string, string> s_texts = new() { ["the clients' graph"] = "volume a", ["the other"] = "volume b" };

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly PoolPaths _paths;
    private readonly TriedGraphs _tried;

    public TriedGraphsTests()
    {
        _paths = new PoolPaths(_root.FullName);
        _tried = new TriedGraphs(_paths);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void What_came_up_just_now_is_not_tried_again_once()
    {
        Assert.False(_tried.Take(s_texts));
        _tried.Note(s_texts);
        Assert.False(_tried.Take([KeyValuePair.Create("the other", "volume b")]));
        Assert.True(_tried.Take(s_texts));
        Assert.False(_tried.Take(s_texts));
    }

    [Theory]
    [InlineData(-121)]
    [InlineData(60)]
    public void What_came_up_before_or_is_of_another_time_is_tried_again(int seconds)
    {
        _tried.Note(s_texts);
        File.SetLastWriteTimeUtc(_paths.TriedGraphs, DateTime.UtcNow.AddSeconds(seconds));
        Assert.False(_tried.Take(s_texts));
    }

    [Fact]
    public void A_file_that_cannot_be_read_or_written_holds_nothing_up()
    {
        OwnFiles.CreateDirectory(_paths.TriedGraphs);
        _tried.Note(s_texts);
        Assert.False(_tried.Take(s_texts));
    }
}

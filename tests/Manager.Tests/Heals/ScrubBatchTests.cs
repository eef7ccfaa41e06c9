using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Manager.Heals;

namespace KadaluFsd.Manager.Tests.Heals;

/// <summary>Which files are compared next.</summary>
public class ScrubBatchTests
{
    private const long Most = 100;

    [Fact]
    public void Names_that_only_one_node_has_are_compared_too_each_in_its_order()
    {
        var batch = ScrubBatch.Of([List(false, ("/", 0), ("/b", 10)), List(false, ("/", 0), ("/a", 5), ("/b", 12))], Most);
        Assert.Equal([new FilePiece("/", 0, 0), new FilePiece("/a", 0, 5), new FilePiece("/b", 0, 12)], batch.Pieces);
        Assert.Null(batch.Next);
    }

    [Fact]
    public void Behind_the_end_of_a_list_nothing_is_known_of_its_node()
    {
        var batch = ScrubBatch.Of([List(true, ("/a", 1), ("/b", 1)), List(false, ("/a", 1), ("/c", 1))], Most);
        Assert.Equal(["/a", "/b"], batch.Pieces.Select(piece => piece.Path));
        Assert.Equal(new ScrubPlace("/b", null), batch.Next);
    }

    [Fact]
    public void No_more_is_read_at_once_than_nodes_can_read_in_time()
    {
        var batch = ScrubBatch.Of([List(false, ("/a", 60), ("/b", 40), ("/c", 1))], Most);
        Assert.Equal(["/a", "/b"], batch.Pieces.Select(piece => piece.Path));
        Assert.Equal(new ScrubPlace("/b", null), batch.Next);
        batch = ScrubBatch.Of([List(false, ("/c", 1))], Most);
        Assert.Equal((1, null), (batch.Pieces.Length, batch.Next));
        batch = ScrubBatch.Of([List(false)], Most);
        Assert.Equal((0, null), (batch.Pieces.Length, batch.Next));
    }

    [Fact]
    public void A_large_file_is_compared_in_pieces_to_its_end()
    {
        var batch = ScrubBatch.Of([List(false, ("/a", 250), ("/b", 1))], Most);
        Assert.Equal([new FilePiece("/a", 0, Most)], batch.Pieces);
        Assert.Equal(new ScrubPlace("/a", 100), batch.FindNext([FileLookTests.Look("/a", (250, "x"), (250, "x"))]));
        batch = ScrubBatch.Continue("/a", 200, Most);
        Assert.Equal([new FilePiece("/a", 200, Most)], batch.Pieces);
        Assert.Equal(new ScrubPlace("/a", null), batch.FindNext([FileLookTests.Look("/a", (250, "x"), (250, "x"))]));

        // One of its copies is longer.
        Assert.Equal(new ScrubPlace("/a", 300), batch.FindNext([FileLookTests.Look("/a", (250, "x"), (301, "x"))]));
    }

    private static NodeEntries List(bool hasMore, params (string Path, long Size)[] entries) =>
        new([.. entries.Select(entry => new FileEntry(entry.Path, entry.Size))], hasMore, []);
}

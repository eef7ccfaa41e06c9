using System.Text;
using KadaluFsd.Fsd.Volfiles;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Fsd.Tests;

public sealed class VolfileDirectoryTests : IDisposable
{
    private const string Good = "volume a\n    type debug/sink\n    option key value\nend-volume\n";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly VolfileDirectory _volfiles;

    public VolfileDirectoryTests() => _volfiles = new VolfileDirectory(_directory.FullName, NullLogger.Instance);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_file_is_served_as_it_is_on_disk()
    {
        Assert.Null(Get("pool"));
        Write("pool", Good);
        Assert.Equal(Good, Get("pool"));
        Write("pool", Good + "# changed\n");
        Assert.Equal(Good + "# changed\n", Get("pool"));
        File.Delete(Path.Combine(_directory.FullName, "pool.vol"));
        Assert.Null(Get("pool"));
    }

    [Fact]
    public void A_broken_file_never_replaces_a_good_one()
    {
        Write("pool", Good);
        Assert.Equal(Good, Get("pool"));
        Write("pool", Good[..20]);
        Assert.Equal(Good, Get("pool"));
        Write("pool", "");
        Assert.Equal(Good, Get("pool"));
    }

    [Fact]
    public void A_file_that_never_was_good_is_not_served()
    {
        Write("pool", "volume a");
        Assert.Null(Get("pool"));
    }

    [Fact]
    public void Without_a_directory_there_are_none() =>
        Assert.False(new VolfileDirectory(null, NullLogger.Instance).TryGet("pool", out _));

    private void Write(string key, string text) => File.WriteAllText(Path.Combine(_directory.FullName, key + ".vol"), text);

    private string? Get(string key) => _volfiles.TryGet(key, out ReadOnlyMemory<byte> bytes) ? Encoding.UTF8.GetString(bytes.Span) : null;
}

using KadaluFsd.Linux;
using KadaluFsd.Rpc;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Tests;

/// <summary>Which files of a directory are whole, step by step.</summary>
public sealed class ServedDirectoryTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly EpollSet _epoll = new();
    private readonly ServedDirectory _served;

    public ServedDirectoryTests()
    {
        Directory.CreateDirectory(Served);
        _served = new ServedDirectory(Served, ".vol", _epoll);
    }

    private string Served => Path.Combine(_root.FullName, "volfiles");

    public void Dispose()
    {
        _served.Dispose();
        _epoll.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public void At_first_everything_that_is_there_counts_as_whole_and_is_read_once()
    {
        Write("a.vol", "1");
        Write("b.txt", "1");
        _served.Rescan(trustAll: false);
        Assert.Equal(["a.vol"], Take());
        Assert.False(_served.HasSettled);
        Assert.Equal("1", Read("a.vol"));
        _served.Rescan(trustAll: true);
        Assert.Empty(Take());
    }

    [Fact]
    public void A_file_that_is_being_written_is_not_read()
    {
        _served.Rescan(trustAll: true);
        using (FileStream writing = new(Path.Combine(Served, "a.vol"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            writing.WriteByte((byte)'1');
            writing.Flush();
            _served.TakeChanges();
            _served.Rescan(trustAll: true);
            Assert.Empty(Take());
            Assert.False(_served.TryRead("a.vol", out _));
        }

        _served.TakeChanges();
        Assert.Equal(["a.vol"], Take());
        Assert.Equal("1", Read("a.vol"));
    }

    [Fact]
    public void What_is_written_while_it_is_read_comes_again()
    {
        _served.Rescan(trustAll: true);
        Write("a.vol", "1");
        _served.TakeChanges();
        Assert.Equal(["a.vol"], Take());
        Write("a.vol", "2");
        Assert.False(_served.TryRead("a.vol", out byte[]? bytes));
        Assert.Null(bytes);
        Assert.Equal(["a.vol"], Take());
        Assert.Equal("2", Read("a.vol"));
    }

    [Fact]
    public void Without_a_word_of_inotify_a_file_is_whole_when_it_looks_the_same_twice()
    {
        _served.Rescan(trustAll: true);
        Write("a.vol", "1");
        _served.Rescan(trustAll: false);
        Assert.Empty(Take());
        Write("a.vol", "22");
        _served.Rescan(trustAll: false);
        Assert.Empty(Take());
        _served.Rescan(trustAll: false);
        Assert.Equal(["a.vol"], Take());
    }

    [Fact]
    public void A_file_that_is_gone_is_read_as_nothing()
    {
        Write("a.vol", "1");
        _served.Rescan(trustAll: true);
        Assert.Equal(["a.vol"], Take());
        Assert.Equal("1", Read("a.vol"));
        File.Delete(Path.Combine(Served, "a.vol"));
        _served.Rescan(trustAll: false);
        Assert.Equal(["a.vol"], Take());
        Assert.True(_served.TryRead("a.vol", out byte[]? bytes));
        Assert.Null(bytes);
        _served.Rescan(trustAll: false);
        Assert.DoesNotContain("a.vol", Take());
    }

    [Fact]
    public void Another_directory_in_its_place_is_followed()
    {
        Write("a.vol", "1");
        _served.Rescan(trustAll: true);
        Take();
        Assert.Equal("1", Read("a.vol"));
        Directory.Delete(Served, recursive: true);
        Directory.CreateDirectory(Served);
        Write("b.vol", "2");
        _served.TakeChanges();
        Assert.Equal(["a.vol", "b.vol"], Take().Order(StringComparer.Ordinal));
        Write("c.vol", "3");
        _served.TakeChanges();
        Assert.Equal(["c.vol"], Take());
    }

    [Fact]
    public void Of_a_file_that_is_too_long_no_more_is_read_than_tells_so()
    {
        using (FileStream file = File.Create(Path.Combine(Served, "a.vol")))
        {
            file.SetLength(RpcLimits.MaxVolfile + 10);
        }

        Assert.True(_served.TryRead("a.vol", out byte[]? bytes));
        Assert.Equal(RpcLimits.MaxVolfile + 1, bytes!.Length);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Served, name), text);

    private string Read(string name)
    {
        Assert.True(_served.TryRead(name, out byte[]? bytes));
        return System.Text.Encoding.UTF8.GetString(bytes!);
    }

    private string[] Take() => [.. _served.TakeSettled()];
}

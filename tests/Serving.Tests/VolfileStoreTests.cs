using System.Diagnostics;
using System.Text;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Xdr;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Serving.Tests;

public sealed class VolfileStoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private VolfileStore? _store;

    public void Dispose()
    {
        _store?.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void What_is_there_at_the_start_is_served_at_once()
    {
        Write("pool", Text(1));
        Open();
        Assert.Equal(Text(1), Get("pool"));
        Assert.Null(Get("other"));
    }

    // Whoever opens it waits for somebody who writes to it.
    [Fact]
    public void A_pipe_among_the_files_is_passed_over()
    {
        using (var made = Process.Start("mkfifo", FilePath("a")))
        {
            made.WaitForExit();
        }

        Write("pool", Text(1));
        Open();
        Assert.Equal(Text(1), Get("pool"));
        Assert.Null(Get("a"));
    }

    [Fact]
    public async Task A_pool_is_found_by_its_id_as_well()
    {
        const string Id = "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11";
        string client = "volume c\n    type protocol/client\n    option volume-id " + Id + "\nend-volume\n";
        Write("client-dev-pool", client + "# the second one of Kadalu's manager\n");
        Write("pool", client);
        Write("pool.node.u", "volume p\n    type storage/posix\n    option volume-id " + Id + "\nend-volume\n" +
            "volume s\n    type protocol/server\n    subvolumes p\nend-volume\n");
        Open();
        Assert.Equal(client, Get(Id));
        Assert.Equal(client, Get(Id.ToUpperInvariant()));
        Assert.Null(Get("9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b12"));
        File.Delete(FilePath("pool"));
        File.Delete(FilePath("client-dev-pool"));
        await SeesAsync(Id, null);
    }

    [Fact]
    public async Task Files_that_come_change_and_go_are_followed()
    {
        Open();
        Write("pool", Text(1));
        await SeesAsync("pool", Text(1));
        Write("pool", Text(2));
        await SeesAsync("pool", Text(2));
        File.WriteAllText(FilePath("pool") + ".new", Text(3));
        File.Move(FilePath("pool") + ".new", FilePath("pool"), overwrite: true);
        await SeesAsync("pool", Text(3));
        File.Delete(FilePath("pool"));
        await SeesAsync("pool", null);
    }

    [Fact]
    public async Task A_broken_file_never_replaces_a_good_one()
    {
        Write("pool", Text(1));
        Open();
        foreach (string broken in new[] { "", "volume a", Text(2)[..^5], "volume a\n    type x/y\nend-volume\n" })
        {
            Write("pool", broken);
            Write("marker", Text(broken.Length));
            await SeesAsync("marker", Text(broken.Length));
            Assert.Equal(Text(1), Get("pool"));
        }

        Write("pool", Text(3));
        await SeesAsync("pool", Text(3));
    }

    [Fact]
    public async Task What_is_being_written_is_not_looked_at_before_it_is_closed()
    {
        Write("pool", Text(1));
        Open();
        using (FileStream stream = File.Create(FilePath("pool")))
        {
            // A whole volfile already, as far as anybody can see, but not all of it.
            stream.Write(Encoding.UTF8.GetBytes(Text(2)));
            stream.Flush();
            Write("marker", Text(9));
            await SeesAsync("marker", Text(9));
            Assert.Equal(Text(1), Get("pool"));
            stream.Write("# end\n"u8);
        }

        await SeesAsync("pool", Text(2) + "# end\n");
    }

    [Fact]
    public async Task While_a_file_is_rewritten_in_place_a_hundred_thousand_reads_see_whole_versions_only()
    {
        // Every block on its own is a volfile: what is cut between two of them can be told from a whole one by nothing but its
        // length.
        string[] versions =
            [.. Enumerable.Range(0, 8)
                .Select(version => string.Concat(Enumerable.Range(0, 200).Select(block => Block($"v{version}-{block}"))))];
        var whole = versions.ToHashSet();
        Write("pool", versions[0]);
        Open();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (int round = 0; !stop.IsCancellationRequested; round++)
            {
                // As Kadalu's manager does: truncate, then write in pieces.
                using FileStream stream =
                    new(FilePath("pool"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
                byte[] bytes = Encoding.UTF8.GetBytes(versions[round % versions.Length]);
                for (int at = 0; at < bytes.Length; at += 1024)
                {
                    stream.Write(bytes.AsSpan(at, Math.Min(1024, bytes.Length - at)));
                }
            }
        });
        var seen = new HashSet<string>();
        var hashes = new HashSet<string>();
        for (int read = 0; read < 100_000 || (hashes.Count < 3 && read < 10_000_000); read++)
        {
            StoredVolfile stored = _store!.Find("pool")!;
            if (hashes.Add(stored.Hash))
            {
                seen.Add(Get("pool")!);
            }
        }

        await stop.CancelAsync();
        await writer;
        Assert.True(hashes.Count >= 3, "the store did not follow");
        Assert.All(seen, text => Assert.Contains(text, whole));
    }

    [Fact]
    public async Task Only_a_change_of_content_is_a_change()
    {
        Write("pool", Text(1));
        Open();
        var changes = new List<string>();
        _store!.Changed += keys =>
        {
            lock (changes)
            {
                changes.AddRange(keys);
            }
        };
        Write("pool", Text(1));
        Write("marker", Text(1));
        await SeesAsync("marker", Text(1));
        Write("pool", Text(2));
        await SeesAsync("pool", Text(2));
        lock (changes)
        {
            Assert.Equal(["marker", "pool"], changes);
        }
    }

    [Fact]
    public async Task A_directory_may_come_later()
    {
        _directory.Delete();
        Open(TimeSpan.FromMilliseconds(100));
        Assert.Null(Get("pool"));
        _directory.Create();
        Write("pool", Text(1));
        await SeesAsync("pool", Text(1));
    }

    [Fact]
    public async Task Files_that_change_one_after_the_other_are_all_seen_without_a_rescan()
    {
        Open(Timeout.InfiniteTimeSpan);
        for (int round = 1; round <= 50; round++)
        {
            Write("pool", Text(round));
            Write("broken", "volume");
            Write("other", Text(round));
            await SeesAsync("pool", Text(round));
            await SeesAsync("other", Text(round));
        }
    }

    [Fact]
    public void A_pool_is_found_under_its_name_with_a_transport_behind_it()
    {
        Write("pool", Text(1));
        Write("own.tcp", Text(2));
        Open();
        Assert.Same(_store!.Find("pool"), _store.Find("pool.tcp"));
        Assert.Same(_store.Find("pool"), _store.Find("pool.unix"));
        Assert.Equal("own.tcp", _store.Find("own.tcp")!.Key);
        Assert.Null(_store.Find("own"));
        Assert.Null(_store.Find(".tcp"));
    }

    [Fact]
    public void Names_that_are_no_keys_are_passed_over()
    {
        Write(".hidden", Text(1));
        Write("a b", Text(1));
        File.WriteAllText(Path.Combine(_directory.FullName, "pool.txt"), Text(1));
        Open();
        Assert.Empty(_store!.Current);
    }

    [Fact]
    public void What_a_volfile_says_is_known()
    {
        Write("unit",
            "volume p\n    type storage/posix\n    option directory /d\n    option volume-id " +
            "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11\nend-volume\n" +
            "volume s\n    type protocol/server\n    option listen-port 49253\n    subvolumes p\nend-volume\n");
        Open();
        StoredVolfile unit = _store!.Find("unit")!;
        Assert.True(unit.IsUnit);
        Assert.Equal("/d", unit.UnitDirectory);
        Assert.Equal(49253, unit.UnitPort);
        Assert.Equal(Guid.Parse("9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11"), unit.VolumeId);
    }

    private static string Block(string name) =>
        $"volume {name}\n    type protocol/client\n    option remote-host h\nend-volume\n";

    private static string Text(int number) => Block($"a{number}");

    private string FilePath(string key) => Path.Combine(_directory.FullName, key + ".vol");

    private void Open() => Open(VolfileStore.DefaultRescanInterval);

    private void Open(TimeSpan rescanInterval)
    {
        _store = new VolfileStore(_directory.FullName, ServerList.None, rescanInterval, NullLogger.Instance);
        _store.Open();
        _store.Follow();
    }

    private void Write(string key, string text) => File.WriteAllText(FilePath(key), text);

    private Task<string?> SeesAsync(string key, string? text) =>
        Until.SeesAsync($"the store has the new \"{key}\"", () => Get(key), seen => seen == text);

    private string? Get(string key)
    {
        if (_store!.Find(key) is not { } stored)
        {
            return null;
        }

        var reader = new XdrReader(stored.Reply);
        return Encoding.UTF8.GetString(GetSpecReply.Read(ref reader).Spec.Span);
    }
}

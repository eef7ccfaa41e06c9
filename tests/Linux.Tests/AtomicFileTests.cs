using System.Text;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Linux.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string FilePath => Path.Combine(_directory.FullName, "below", "file");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Nothing_is_seen_of_a_text_before_it_is_in_its_place()
    {
        AtomicFile.Put(FilePath, "old"u8.ToArray(), FileModes.Public);
        using (var file = new AtomicFile(FilePath, "new"u8.ToArray()))
        {
            Assert.Equal("old", File.ReadAllText(FilePath));
            file.Commit();
            Assert.Equal("new", File.ReadAllText(FilePath));
        }

        Assert.Equal([FilePath], Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public void A_text_that_is_not_put_in_its_place_leaves_nothing()
    {
        using (new AtomicFile(FilePath, "new"u8.ToArray()))
        {
            Assert.Single(AtomicFile.FindLeftovers(FilePath));
        }

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public void What_leads_elsewhere_still_leads_there()
    {
        string target = Path.Combine(_directory.FullName, "target");
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(FilePath, target);
        AtomicFile.Put(FilePath, "new"u8.ToArray(), FileModes.Public);
        Assert.Equal(target, new FileInfo(FilePath).LinkTarget);
        Assert.Equal("new", File.ReadAllText(target));
    }

    [Fact]
    public void The_mode_is_the_one_that_was_asked_for_or_the_one_before_less_what_lets_everybody_write()
    {
        AtomicFile.Put(FilePath, [], FileModes.Record);
        Assert.Equal(FileModes.Record, File.GetUnixFileMode(FilePath));
        File.SetUnixFileMode(FilePath, Everybody);
        Commit();
        Assert.Equal(Everybody & ~UnixFileMode.OtherWrite, File.GetUnixFileMode(FilePath));
        File.Delete(FilePath);
        Commit();
        Assert.Equal(FileModes.Secret, File.GetUnixFileMode(FilePath));

        void Commit()
        {
            using var file = new AtomicFile(FilePath, "x"u8.ToArray());
            file.Commit();
        }
    }

    [Fact]
    public void A_missing_directory_is_made_only_where_that_is_wanted()
    {
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Put(FilePath, [], FileModes.Public, makesDirectory: false));
        Assert.False(Directory.Exists(Path.GetDirectoryName(FilePath)));
        AtomicFile.Put(FilePath, [], FileModes.Public);
    }

    [Fact]
    public void What_killed_processes_left_goes_and_what_is_being_written_or_is_something_else_stays()
    {
        AtomicFile.Put(FilePath, [], FileModes.Public);
        string left = $"{FilePath}.{Guid.NewGuid():N}", other = FilePath + ".orig";
        File.WriteAllBytes(left, Encoding.ASCII.GetBytes("left"));
        File.WriteAllText(other, "");
        using (var writing = new AtomicFile(FilePath, "new"u8.ToArray()))
        {
            Assert.False(File.Exists(left));
            AtomicFile.RemoveLeftovers(FilePath);
            Assert.Single(AtomicFile.FindLeftovers(FilePath));
            writing.Commit();
        }

        Assert.True(File.Exists(other));
        Assert.Empty(AtomicFile.FindLeftovers(Path.Combine(_directory.FullName, "missing", "file")));
    }

    [Fact]
    public async Task Who_writes_a_file_and_who_removes_what_killed_processes_left_of_it_are_not_in_one_anothers_way()
    {
        const int Rounds = 300;
        bool isWritten = false;
        Task removing = Task.Run(() =>
        {
            while (!Volatile.Read(ref isWritten))
            {
                AtomicFile.RemoveLeftovers(FilePath);
            }
        });
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(() =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    AtomicFile.Put(FilePath, [(byte)writer], FileModes.Public);
                }
            })));
        }
        finally
        {
            Volatile.Write(ref isWritten, true);
            await removing;
        }

        Assert.Equal([FilePath], Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }
}

namespace KadaluFsd.Linux.Tests;

public sealed class DirectoryLockTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string Locked => Path.Combine(_directory.FullName, "locked");

    public DirectoryLockTests() => Directory.CreateDirectory(Locked);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void One_at_a_time_has_it_and_others_are_told_who()
    {
        Assert.Null(DirectoryLock.FindHolder(Locked));
        Assert.Equal(Errno.None, DirectoryLock.Take(Locked, out DirectoryLock? first));
        using (first)
        {
            Assert.Equal(Errno.EAGAIN, DirectoryLock.Take(Locked, out DirectoryLock? second));
            Assert.Null(second);
            Assert.Equal(Environment.ProcessId, DirectoryLock.FindHolder(Locked));
            Assert.Null(DirectoryLock.FindHolder(_directory.FullName));
        }

        Assert.Null(DirectoryLock.FindHolder(Locked));
        Assert.Equal(Errno.None, DirectoryLock.Take(Locked, out DirectoryLock? third));
        third!.Dispose();

        // Disposed twice it does not close what has its number by then.
        using FileStream other = File.Create(Path.Combine(_directory.FullName, "other"));
        third.Dispose();
        other.WriteByte(1);
    }

    [Fact]
    public void Another_directory_in_its_place_is_free()
    {
        Assert.Equal(Errno.None, DirectoryLock.Take(Locked, out DirectoryLock? of));
        using (of)
        {
            Directory.Move(Locked, Locked + ".moved");
            Directory.CreateDirectory(Locked);
            Assert.Equal(Errno.None, DirectoryLock.Take(Locked, out DirectoryLock? next));
            next!.Dispose();
            Assert.Equal(Environment.ProcessId, DirectoryLock.FindHolder(Locked + ".moved"));
        }
    }

    [Fact]
    public void What_is_no_directory_cannot_be_locked()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "file"), "");
        Assert.Equal(Errno.ENOTDIR, DirectoryLock.Take(Path.Combine(_directory.FullName, "file"), out _));
        Assert.Equal(Errno.ENOENT, DirectoryLock.Take(Path.Combine(_directory.FullName, "missing"), out DirectoryLock? none));
        Assert.Null(none);
        Assert.Null(DirectoryLock.FindHolder(Path.Combine(_directory.FullName, "missing")));
    }
}

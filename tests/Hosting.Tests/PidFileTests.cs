using System.Globalization;
using KadaluFsd.Contract;

namespace KadaluFsd.Hosting.Tests;

public sealed class PidFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string FilePath => Path.Combine(_directory.FullName, "run", "unit.pid");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void It_names_this_process_and_goes_with_it()
    {
        using (var file = new PidFile(FilePath))
        {
            Assert.True(file.Take());
            Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", File.ReadAllText(FilePath));
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
        }

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Another_process_s_stays()
    {
        using (var file = new PidFile(FilePath))
        {
            file.Take();
            File.WriteAllText(FilePath + ".other", "1\n");
            File.Move(FilePath + ".other", FilePath, overwrite: true);
        }

        Assert.Equal("1\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void What_a_process_left_that_was_killed_is_replaced()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "1\n");
        using var file = new PidFile(FilePath);
        file.TryTake();
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", File.ReadAllText(FilePath));
        Assert.True(file.Take());
    }

    [Fact]
    public void That_it_is_gone_already_is_no_harm_and_it_comes_again()
    {
        using (var file = new PidFile(FilePath))
        {
            file.Take();
            File.Delete(FilePath);
            file.Take();
            Assert.True(File.Exists(FilePath));
            File.Delete(FilePath);
        }

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void At_first_no_directory_is_made_for_it()
    {
        using var file = new PidFile(FilePath);
        file.TryTake();
        Assert.Empty(_directory.GetFileSystemInfos());
    }

    [Fact]
    public void Where_none_is_asked_for_there_is_none()
    {
        using var file = new PidFile(null);
        file.TryTake();
        Assert.True(file.Take());
    }

    [Fact]
    public void One_that_cannot_be_written_ends_the_start()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "run"), "a file");
        using var file = new PidFile(FilePath);
        Assert.Contains(
            "cannot write the pid file", Assert.Throws<CommandException>(() => file.Take()).Message, StringComparison.Ordinal);
    }
}

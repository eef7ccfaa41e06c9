using System.Globalization;
using KadaluFsd.Fsd.Daemon;

namespace KadaluFsd.Fsd.Tests;

public sealed class PidFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string FilePath => Path.Combine(_directory.FullName, "run", "unit.pid");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void It_names_this_process_and_goes_with_it()
    {
        using (PidFile.Write(FilePath))
        {
            Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", File.ReadAllText(FilePath));
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
        }

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Another_process_s_stays()
    {
        using (PidFile.Write(FilePath))
        {
            File.WriteAllText(FilePath, "1\n");
        }

        Assert.Equal("1\n", File.ReadAllText(FilePath));
    }

    [Fact]
    public void That_it_is_gone_already_is_no_harm()
    {
        using (PidFile.Write(FilePath))
        {
            File.Delete(FilePath);
        }

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Where_none_is_asked_for_there_is_none() => Assert.Null(PidFile.Write(null));

    [Fact]
    public void One_that_cannot_be_written_ends_the_start()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "run"), "a file");
        Assert.Contains("cannot write the pid file", Assert.Throws<StartException>(() => PidFile.Write(FilePath)).Message, StringComparison.Ordinal);
    }
}

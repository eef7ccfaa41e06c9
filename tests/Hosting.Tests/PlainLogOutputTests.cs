using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;

namespace KadaluFsd.Hosting.Tests;

public sealed class PlainLogOutputTests : IDisposable
{
    private static readonly LogLine s_line = new(GlusterLogLevel.Warning, 3101, "Acceptor", "Paused", "ü: out of descriptors");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string FilePath => Path.Combine(_directory.FullName, "log", "gateway.log");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_line_looks_as_GlusterFS_writes_it()
    {
        using (var output = PlainLogOutput.Open(FilePath))
        {
            output.Write(s_line);
        }

        Assert.Matches(
            "^\\[[-0-9]{10} [:0-9]{8}\\.[0-9]{6} \\+0000\\] W \\[MSGID: 3101\\] \\[Acceptor:0:Paused\\] 0-kadalu-fsd: " +
            "ü: out of descriptors \n$", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_log_that_was_moved_away_goes_on_in_a_new_file_and_one_that_cannot_be_opened_in_the_old_one()
    {
        using var output = PlainLogOutput.Open(FilePath);
        output.Write(s_line);
        File.Move(FilePath, FilePath + ".1");
        output.Reopen();
        output.Write(s_line);
        Assert.Single(File.ReadLines(FilePath + ".1"));
        Assert.Single(File.ReadLines(FilePath));
        File.Move(FilePath, FilePath + ".2");
        Directory.CreateDirectory(FilePath);
        output.Reopen();
        output.Write(s_line);
        Assert.Equal(3, File.ReadLines(FilePath + ".2").Count());
        Assert.Contains("cannot reopen", File.ReadLines(FilePath + ".2").ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_cannot_be_opened_ends_the_start()
    {
        Directory.CreateDirectory(FilePath);
        CommandException refused = Assert.Throws<CommandException>(() => PlainLogOutput.Open(FilePath));
        Assert.Equal(ExitCode.SystemRefused, refused.Code);
        Assert.StartsWith($"cannot open the log {FilePath}: ", refused.Message, StringComparison.Ordinal);
    }
}

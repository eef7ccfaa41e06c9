namespace KadaluFsd.Contract.Tests;

/// <summary>What a process leaves behind of its runs, and what is said of one that does not run.</summary>
public sealed class RunFilesTests : IDisposable
{
    private static readonly DateTime s_start = new(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc);
    private static readonly ProcessRun s_run = new(3, 1234, s_start, null, null, null);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly RunFiles _files;

    public RunFilesTests() => _files = new RunFiles(Path.Combine(_directory.FullName, "u1.control.sock"));

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void They_lie_beside_the_socket() => Assert.Equal(
        (Path.Combine(_directory.FullName, "u1.last-run"), "/run/s.crash-report"),
        (_files.Record, new RunFiles("/run/s").CrashReport));

    [Fact]
    public void A_run_is_read_as_it_was_written()
    {
        Assert.Null(_files.ReadRun());
        _files.WriteRun(s_run);
        Assert.Equal(s_run, _files.ReadRun());
        ProcessRun ended = s_run with { EndedAt = s_start.AddTicks(1), ExitCode = 12 };
        _files.WriteRun(ended);
        Assert.Equal(ended, _files.ReadRun());
        Assert.Equal(DateTimeKind.Utc, _files.ReadRun()!.EndedAt!.Value.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("starts: 1\nprocess: 2\n")]
    [InlineData("starts: -1\nprocess: 2\nstarted: 2026-11-22T01:02:03.0000000Z\n")]
    [InlineData("starts: 99999999999\nprocess: 2\nstarted: 2026-11-22T01:02:03.0000000Z\n")]
    [InlineData("starts: 1\nprocess: 2\nstarted: yesterday\n")]
    [InlineData("starts: 1\nstarts: 2\nprocess: 2\nstarted: 2026-11-22T01:02:03.0000000Z\n")]
    public void What_is_no_record_tells_nothing(string text)
    {
        File.WriteAllText(_files.Record, text);
        Assert.Null(_files.ReadRun());
        Assert.Null(_files.DescribeEnd());
    }

    [Fact]
    public void Last_words_belong_to_a_run_that_began_before_them()
    {
        _files.WriteRun(s_run);
        File.WriteAllText(_files.CrashReport, "signal 11");
        File.SetLastWriteTimeUtc(_files.CrashReport, s_start.AddSeconds(-1));
        Assert.Null(_files.ReadRun()!.CrashReport);
        Assert.Equal("it was killed, or the machine went down", _files.DescribeEnd());
        File.SetLastWriteTimeUtc(_files.CrashReport, s_start);
        Assert.Equal("signal 11", _files.ReadRun()!.CrashReport);
        Assert.Equal("it crashed", _files.DescribeEnd());
    }

    [Fact]
    public void How_a_run_ended_is_told()
    {
        Assert.Null(_files.DescribeEnd());
        _files.WriteRun(s_run with { EndedAt = s_start.AddDays(1), ExitCode = 9 });
        Assert.Equal("it ended with exit code 9 at 2026-11-23 01:02:03 UTC", _files.DescribeEnd());
    }

    [Fact]
    public void A_failure_is_one_line_until_the_next_run_and_goes_before_what_else_is_known()
    {
        _files.WriteRun(s_run);
        _files.NoteFailure(new CommandException(ExitCode.PortUnavailable, "port 1\nis in use"));
        Assert.Matches(
            "^it ended with exit code 5 at [-0-9]{10} [:0-9]{8} UTC: port 1 is in use$", _files.ReadFailure());
        Assert.Equal(_files.ReadFailure(), _files.DescribeEnd());
        _files.ForgetFailure();
        Assert.Null(_files.ReadFailure());
        _files.ForgetFailure();
    }

    [Fact]
    public void Of_a_long_failure_a_line_for_people_is_read()
    {
        _files.NoteFailure(new CommandException(ExitCode.Usage, new string('x', 100_000)));
        Assert.Equal(4096, _files.ReadFailure()!.Length);
    }

    [Fact]
    public void Where_it_cannot_be_noted_nothing_else_breaks()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "file"), "");
        var files = new RunFiles(Path.Combine(_directory.FullName, "file", "u1.control.sock"));
        files.NoteFailure(new CommandException(ExitCode.Usage, "x"));
        files.ForgetFailure();
        Assert.Null(files.ReadFailure());
    }

    [Fact]
    public void All_of_it_can_be_removed_also_where_there_is_nothing()
    {
        _files.WriteRun(s_run);
        File.WriteAllText(_files.CrashReport, "");
        _files.NoteFailure(new CommandException(ExitCode.Usage, "x"));
        _files.Remove();
        Assert.Empty(_directory.GetFiles());
        _files.Remove();
        new RunFiles(Path.Combine(_directory.FullName, "missing", "x")).Remove();
    }
}

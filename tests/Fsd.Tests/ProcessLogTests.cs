using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Tests;

/// <summary><see cref="ProcessLog"/>: what comes before the log is open, levels, and lines that are one line.</summary>
public sealed class ProcessLogTests : ILogOutput
{
    private readonly List<string> _lines = [];
    private readonly ProcessLog _log = new(GlusterLogLevel.Info);
    private readonly ILogger _logger;

    public ProcessLogTests() => _logger = _log.CreateLogger<ProcessLogTests>();

    void ILogOutput.Write(GlusterLogLevel level, int messageId, string source, string name, string message) =>
        _lines.Add($"{level} {messageId} {source} {name} {message}");

    [Fact]
    public void Lines_from_before_the_log_is_open_follow_in_order()
    {
        LifeLog.Ready(_logger, 1);
        VolfileLog.VolfileGone(_logger, "x");
        Assert.Empty(_lines);
        _log.Open(this);
        LifeLog.Stopped(_logger);
        Assert.Equal(
            ["Info 3005 ProcessLogTests Ready ready: serving on port 1", "Info 3209 ProcessLogTests VolfileGone volfile \"x\" was removed", "Info 3008 ProcessLogTests Stopped stopped"],
            _lines);
    }

    [Theory]
    [InlineData(GlusterLogLevel.Error, 1)]
    [InlineData(GlusterLogLevel.Warning, 2)]
    [InlineData(GlusterLogLevel.Notice, 3)]
    [InlineData(GlusterLogLevel.Info, 3)]
    [InlineData(GlusterLogLevel.Debug, 4)]
    public void The_level_may_change_at_any_time(GlusterLogLevel level, int expected)
    {
        _log.Open(this);
        _log.Level = level;
        VolfileLog.VolfileConnectionEnded(_logger, "p", default, "debug");
        LifeLog.Stopped(_logger);
        VolfileLog.VolfileKept(_logger, "/v", "warning");
        HealthLog.ChildDown(_logger, "error");
        Assert.Equal(expected, _lines.Count);
        Assert.Equal(expected >= 2, _logger.IsEnabled(LogLevel.Warning));
    }

    [Fact]
    public void A_peer_cannot_write_lines_of_its_own()
    {
        _log.Open(this);
        VolfileLog.VolfileGone(_logger, "a\n[fake] E \u001b[31m");
        Assert.Equal("Info 3209 ProcessLogTests VolfileGone volfile \"a?[fake] E ?[31m\" was removed", Assert.Single(_lines));
    }

    [Fact]
    public void A_log_that_cannot_be_written_ends_nothing()
    {
        LifeLog.Stopped(_logger);
        _log.Open(new FullDisk());
        LifeLog.Stopped(_logger);
        _log.Open(this);
        LifeLog.Ready(_logger, 1);
        Assert.Single(_lines);
    }

    [Fact]
    public void An_exception_stands_behind_the_message()
    {
        _log.Open(this);
        EventLoopLog.EventLoopFailed(_logger, new InvalidOperationException("because"));
        Assert.StartsWith("Critical 3105 ProcessLogTests EventLoopFailed the event loop failed System.InvalidOperationException: because", Assert.Single(_lines), StringComparison.Ordinal);
    }

    private sealed class FullDisk : ILogOutput
    {
        public void Write(GlusterLogLevel level, int messageId, string source, string name, string message) => throw new IOException("No space left on device");
    }
}

using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting.Tests;

/// <summary><see cref="ProcessLog"/>: what comes before the log is open, levels, and lines that are one line.</summary>
public sealed class ProcessLogTests : ILogOutput
{
    private readonly List<string> _lines = [];
    private readonly ProcessLog _log = new(GlusterLogLevel.Info);
    private readonly ILogger _logger;

    public ProcessLogTests() => _logger = _log.Loggers.CreateLogger<ProcessLogTests>();

    void ILogOutput.Write(LogLine line) => _lines.Add($"{line.Level} {line.MessageId} {line.Source} {line.Name} {line.Message}");

    [Fact]
    public void Lines_from_before_the_log_is_open_follow_in_order()
    {
        LifeLog.Ready(_logger, 1);
        LifeLog.SignalIgnored(_logger, "x");
        Assert.Empty(_lines);
        _log.Open(this);
        LifeLog.Stopped(_logger);
        Assert.Equal(
            ["Info 3005 ProcessLogTests Ready ready: serving on port 1",
                "Info 3013 ProcessLogTests SignalIgnored signal x is ignored", "Info 3008 ProcessLogTests Stopped stopped"],
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
        _logger.Log(LogLevel.Debug, default, "debug", null, static (text, _) => text);
        LifeLog.Stopped(_logger);
        LifeLog.NotifyFailed(_logger, "warning");
        LifeLog.StopFailed(_logger, new InvalidOperationException("error"));
        Assert.Equal(expected, _lines.Count);
        Assert.Equal(expected >= 2, _logger.IsEnabled(LogLevel.Warning));
    }

    [Theory]
    [InlineData(GlusterLogLevel.Info)]
    [InlineData(GlusterLogLevel.Trace)]
    public void Requests_of_the_control_API_leave_no_lines_and_faults_of_its_server_do(GlusterLogLevel level)
    {
        _log.Open(this);
        _log.Level = level;
        ILogger web = _log.Loggers.CreateLogger("Microsoft.AspNetCore.Routing.EndpointMiddleware");
        web.Log(LogLevel.Information, default, "request", null, static (text, _) => text);
        web.Log(LogLevel.Warning, default, "fault", null, static (text, _) => text);
        Assert.Equal("Warning 0 EndpointMiddleware - fault", Assert.Single(_lines));
    }

    [Fact]
    public void A_peer_cannot_write_lines_of_its_own()
    {
        _log.Open(this);
        LifeLog.SignalIgnored(_logger, "a\n[fake] E \u001b[31m");
        Assert.Equal("Info 3013 ProcessLogTests SignalIgnored signal a?[fake] E ?[31m is ignored", Assert.Single(_lines));
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
        LifeLog.StopFailed(_logger, new InvalidOperationException("because"));
        Assert.StartsWith(
            "Error 3039 ProcessLogTests StopFailed a part has not stopped normally System.InvalidOperationException: " +
            "because", Assert.Single(_lines), StringComparison.Ordinal);
    }

    private sealed class FullDisk : ILogOutput
    {
        public void Write(LogLine line) => throw new IOException("No space left on device");
    }
}

using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting;

/// <summary>The log file of a process without GlusterFS, open as long as the process runs.</summary>
public abstract class OwnLog(LogOptions options, ProcessLog log, ILogger logger) : Part
{
    private PlainLogOutput? _output;

    /// <summary>Reopens the file by its path: it may have been moved away.</summary>
    public void Reopen() => _output?.Reopen();

    /// <summary>Logs what starts. Called once, when the log is open.</summary>
    protected abstract void SayStarting();

    /// <inheritdoc/>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _output = PlainLogOutput.Open(options.Path);
        log.Open(_output);
        SayStarting();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        LifeLog.Stopped(logger);
        _output?.Dispose();
        return Task.CompletedTask;
    }
}

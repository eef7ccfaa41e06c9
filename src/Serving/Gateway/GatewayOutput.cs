using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Gateway;

/// <summary>A gateway's log file, open as long as the gateway runs.</summary>
public sealed class GatewayOutput(
    LogOptions options, ListenOptions listen, ProcessLog log, Volfiles.IVolfileSource source, ILogger<GatewayOutput> logger)
    : Part
{
    private PlainLogOutput? _output;

    /// <summary>Reopens the file by its path: it may have been moved away.</summary>
    public void Reopen() => _output?.Reopen();

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _output = PlainLogOutput.Open(options.Path);
        log.Open(_output);
        GatewayLog.GatewayStarting(logger, ProgramVersion.Text, source.Directory, listen.ParseGateway().ToString());
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

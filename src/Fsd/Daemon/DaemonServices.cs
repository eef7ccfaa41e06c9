using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>
/// What every process that runs until it is told to stop has: options, log, requests, a service manager. Made by hand: a unit that starts
/// again after a crash is not to wait for a container to find out how half a dozen objects fit together.
/// </summary>
internal sealed class DaemonServices : IDisposable
{
    /// <summary>Makes them.</summary>
    /// <param name="options">What the process was told.</param>
    internal DaemonServices(DaemonOptions options)
    {
        Options = options;
        Log = new ProcessLog(options.LogLevel);
        Notifier = new ServiceNotifier(Loggers.CreateLogger<ServiceNotifier>());
        PidFile = new PidFile(options.PidFile);
    }

    /// <summary>What the process was told.</summary>
    internal DaemonOptions Options { get; }

    /// <summary>Takes log lines to the log once it is open.</summary>
    internal ProcessLog Log { get; }

    /// <summary>Makes loggers that write to <see cref="Log"/>.</summary>
    internal ILoggerFactory Loggers => Log;

    /// <summary>What the process is asked to do while it runs.</summary>
    internal DaemonRequests Requests { get; } = new();

    /// <summary>Tells the service manager.</summary>
    internal ServiceNotifier Notifier { get; }

    /// <summary>Names the process to whoever looks for it.</summary>
    internal PidFile PidFile { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        PidFile.Dispose();
        Requests.Dispose();
    }
}

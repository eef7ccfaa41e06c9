using System.Runtime.InteropServices;
using KadaluFsd.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting;

/// <summary>The signals of a process that runs until it is told to stop (signal(7)), as requests.</summary>
/// <param name="logger">Gets signals that mean nothing.</param>
internal sealed class DaemonSignals(DaemonRequests requests, ILogger logger) : IDisposable
{
    // Linux's numbers on every architecture .NET runs on; PosixSignal takes them raw.
    private const int SignalUser1 = 10;
    private const int SignalUser2 = 12;

    private PosixSignalRegistration[] _registrations = [];
    private int _stops;

    /// <summary>Replaces the default action of these signals.</summary>
    internal void Listen() => _registrations =
    [
        On(PosixSignal.SIGHUP, () => requests.Add(DaemonRequest.Reload)),
        On((PosixSignal)SignalUser1, () => requests.Add(DaemonRequest.Statedump)),
        On((PosixSignal)SignalUser2, () => LifeLog.SignalIgnored(logger, "USR2")),
        On(PosixSignal.SIGTERM, Stop),
        On(PosixSignal.SIGINT, Stop),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Stop()
    {
        if (Interlocked.Increment(ref _stops) == 1)
        {
            requests.Stop(null);
        }
        else
        {
            requests.CutShort();
        }
    }

    private static PosixSignalRegistration On(PosixSignal signal, Action action) =>
        PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    });
}

using System.Runtime.InteropServices;
using KadaluFsd.Fsd.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>The signals of a process that runs until it is told to stop (signal(7)), as requests. From its making on no signal of these does what it would do otherwise.</summary>
internal sealed class DaemonSignals : IDisposable
{
    // Linux's numbers on every architecture .NET runs on; PosixSignal takes them raw.
    private const int SignalUser1 = 10;
    private const int SignalUser2 = 12;

    private readonly PosixSignalRegistration[] _registrations;
    private int _stops;

    /// <summary>Begins to listen.</summary>
    /// <param name="requests">Told what is asked.</param>
    /// <param name="logger">Told of a signal that means nothing.</param>
    internal DaemonSignals(DaemonRequests requests, ILogger logger) => _registrations =
    [
        On(PosixSignal.SIGHUP, () => requests.Add(DaemonRequest.Reload)),
        On((PosixSignal)SignalUser1, () => requests.Add(DaemonRequest.Statedump)),
        On((PosixSignal)SignalUser2, () => LifeLog.SignalIgnored(logger, "USR2")),
        On(PosixSignal.SIGTERM, () => Stop(requests)),
        On(PosixSignal.SIGINT, () => Stop(requests)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Stop(DaemonRequests requests)
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

    private static PosixSignalRegistration On(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    });
}

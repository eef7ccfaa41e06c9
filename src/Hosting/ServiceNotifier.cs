using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting;

/// <summary>
/// Tells the service manager how the unit is, through NOTIFY_SOCKET (sd_notify(3)). Used directly, since the host's own systemd
/// integration stays silent unless systemd is the direct parent, which it is not for a unit that a manager starts.
/// </summary>
/// <param name="logger">Told when the service manager cannot be reached, which is no reason to stop serving.</param>
public sealed class ServiceNotifier(ILogger<ServiceNotifier> logger)
{
    private readonly SystemdNotifier _notifier = new();

    private bool _isForegroundTold;

    /// <summary>
    /// READY=1: clients can be served, for the first time or again. Whoever started this process in the background is told as
    /// well.
    /// </summary>
    /// <param name="status">How the process is, in words.</param>
    internal void Ready(string status)
    {
        Notify(new ServiceState($"READY=1\nSTATUS={status}"));
        if (Background.IsThis && !_isForegroundTold)
        {
            _isForegroundTold = true;
            Background.Ready();
        }
    }

    /// <summary>RELOADING=1: everything is read again; <see cref="Ready"/> ends it.</summary>
    internal void Reloading() => Notify(new ServiceState(string.Create(
        CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}\n" +
        $"STATUS=reading everything again")));

    /// <summary>STATUS: how the process is, in words, and nothing else.</summary>
    public void Status(string status) => Notify(new ServiceState($"STATUS={status}"));

    /// <summary>WATCHDOG=1: what has to move does move.</summary>
    internal void Alive() => Notify(new ServiceState("WATCHDOG=1"));

    /// <summary>STOPPING=1: the process was told to stop.</summary>
    /// <param name="status">What is left to be done, in words.</param>
    internal void Stopping(string status) => Notify(new ServiceState($"STOPPING=1\nSTATUS={status}"));

    private void Notify(ServiceState state)
    {
        try
        {
            _notifier.Notify(state);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            LifeLog.NotifyFailed(logger, exception.Message);
        }
    }
}

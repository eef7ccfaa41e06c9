using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting;

/// <summary>
/// Notifies the service manager through NOTIFY_SOCKET (sd_notify(3)). Used directly, because the host's own systemd integration
/// is silent unless systemd is the direct parent, which it is not for a unit that a manager starts.
/// </summary>
public sealed class ServiceNotifier(ILogger<ServiceNotifier> logger)
{
    private readonly SystemdNotifier _notifier = new();

    private bool _isForegroundTold;

    /// <summary>
    /// READY=1: clients can be served, for the first time or again. The process that started this one in the background is told
    /// as well.
    /// </summary>
    /// <param name="status">The status text.</param>
    internal void Ready(string status)
    {
        Notify(new ServiceState($"READY=1\nSTATUS={status}"));
        if (Background.IsThis && !_isForegroundTold)
        {
            _isForegroundTold = true;
            Background.Ready();
        }
    }

    /// <summary>RELOADING=1: files are read again, until <see cref="Ready"/>.</summary>
    internal void Reloading() => Notify(new ServiceState(string.Create(
        CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}\n" +
        $"STATUS=reading files again")));

    /// <summary>STATUS: the status text only.</summary>
    public void Status(string status) => Notify(new ServiceState($"STATUS={status}"));

    /// <summary>WATCHDOG=1: the process is alive.</summary>
    internal void Alive() => Notify(new ServiceState("WATCHDOG=1"));

    /// <summary>STOPPING=1: the process was asked to stop.</summary>
    /// <param name="status">What is left to be done.</param>
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

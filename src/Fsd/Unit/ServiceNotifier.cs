using System.Net.Sockets;
using KadaluFsd.Fsd.Logging;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Unit;

/// <summary>
/// Tells the service manager how the unit is, through NOTIFY_SOCKET (sd_notify(3)). Used directly, since the host's own systemd
/// integration stays silent unless systemd is the direct parent, which it is not for a unit that a manager starts.
/// </summary>
/// <param name="logger">Told when the service manager cannot be reached, which is no reason to stop serving.</param>
internal sealed class ServiceNotifier(ILogger<ServiceNotifier> logger)
{
    private readonly SystemdNotifier _notifier = new();

    /// <summary>READY=1: clients can be served.</summary>
    internal void Ready() => Notify(ServiceState.Ready);

    /// <summary>STOPPING=1: the unit was told to stop.</summary>
    internal void Stopping() => Notify(ServiceState.Stopping);

    private void Notify(ServiceState state)
    {
        try
        {
            _notifier.Notify(state);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            FsdLog.NotifyFailed(logger, exception.Message);
        }
    }
}

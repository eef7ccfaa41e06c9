using Microsoft.Extensions.Hosting.Systemd;

namespace KadaluFsd.Fsd.Unit;

/// <summary>
/// Tells the service manager how the unit is, through NOTIFY_SOCKET (sd_notify(3)). Used directly, since the host's own systemd
/// integration stays silent unless systemd is the direct parent, which it is not for a unit that a manager starts.
/// </summary>
internal sealed class ServiceNotifier
{
    private readonly SystemdNotifier _notifier = new();

    /// <summary>READY=1: clients can be served.</summary>
    internal void Ready() => _notifier.Notify(ServiceState.Ready);

    /// <summary>STOPPING=1: the unit was told to stop.</summary>
    internal void Stopping() => _notifier.Notify(ServiceState.Stopping);
}

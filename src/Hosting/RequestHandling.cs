namespace KadaluFsd.Hosting;

/// <summary>Handles requests to the running process, one after the other.</summary>
public sealed class RequestHandling(DaemonRequests requests, IDaemon daemon, ServiceNotifier notifier) : Part
{
    private Task _handling = Task.CompletedTask;

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _handling = Task.Run(HandleAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task StopAsync()
    {
        requests.Close();
        await _handling;
    }

    private async Task HandleAsync()
    {
        await foreach (DaemonRequest request in requests.ReadAllAsync())
        {
            switch (request)
            {
                case DaemonRequest.Reload:
                    notifier.Reloading();
                    daemon.Reload();
                    notifier.Ready(daemon.Status);
                    break;
                case DaemonRequest.Statedump:
                    daemon.WriteStatedump();
                    break;
            }
        }
    }
}

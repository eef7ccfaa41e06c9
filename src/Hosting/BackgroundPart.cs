namespace KadaluFsd.Hosting;

/// <summary>A part that does something beside everything else, from its start until the process stops.</summary>
public abstract class BackgroundPart : Part, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Does it, on a thread of the pool.</summary>
    /// <param name="stopping">Cancelled when the process stops, which then waits until this has ended.</param>
    protected abstract Task RunAsync(CancellationToken stopping);

    /// <inheritdoc/>
    protected sealed override Task StartAsync(CancellationToken stopping)
    {
        _running = Task.Run(RunToStopAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected sealed override async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes of what it has.</summary>
    protected virtual void Dispose(bool disposing) => _stopping.Dispose();

    private async Task RunToStopAsync()
    {
        try
        {
            await RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}

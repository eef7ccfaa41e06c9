using Microsoft.Extensions.Hosting;

namespace KadaluFsd.Hosting;

/// <summary>
/// A part of a process. Parts are started one after the other, in the order in which the process lists them, and stopped in
/// reverse. One whose start fails has undone what it did; those before it are stopped, those behind it are not started.
/// </summary>
public abstract class Part : IHostedService
{
    private bool _hasStarted;

    /// <inheritdoc/>
    async Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        _hasStarted = true;
    }

    // The host asks those as well that it did not come to start.
    /// <inheritdoc/>
    Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        bool hasStarted = _hasStarted;
        _hasStarted = false;
        return hasStarted ? StopAsync() : Task.CompletedTask;
    }

    /// <summary>Starts it.</summary>
    /// <param name="stopping">Tells that the process was told to stop before it had started.</param>
    /// <returns>A task that ends when it has started.</returns>
    /// <exception cref="Contract.CommandException">The process cannot start; says why.</exception>
    protected abstract Task StartAsync(CancellationToken stopping);

    /// <summary>Stops it. Called once, and only after it has started.</summary>
    /// <returns>A task that ends when it has stopped.</returns>
    protected virtual Task StopAsync() => Task.CompletedTask;
}

using Microsoft.Extensions.Hosting;

namespace KadaluFsd.Hosting;

/// <summary>
/// A part of a process. Parts are started in the order of the process's list, and stopped in reverse. A part whose start fails
/// has undone what it did; those before it are stopped, those after it are not started.
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

    // The host also stops parts that it has not started.
    /// <inheritdoc/>
    Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        bool hasStarted = _hasStarted;
        _hasStarted = false;
        return hasStarted ? StopAsync() : Task.CompletedTask;
    }

    /// <summary>Starts it.</summary>
    /// <param name="stopping">Cancelled if the process is asked to stop meanwhile.</param>
    /// <exception cref="Contract.CommandException">The process cannot start; says why.</exception>
    protected abstract Task StartAsync(CancellationToken stopping);

    /// <summary>Stops it. Called once, and only after it has started.</summary>
    protected virtual Task StopAsync() => Task.CompletedTask;
}

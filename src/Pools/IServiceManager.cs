using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>Starts processes of pools on this node, and keeps them running as far as it does that.</summary>
public interface IServiceManager
{
    /// <summary>Why it could not start a service with a key.</summary>
    /// <returns>Why; null where nothing is against it.</returns>
    string? FindObjection(string key);

    /// <summary>Starts a storage unit, and waits until clients can be served.</summary>
    /// <param name="options">Options of <c>kadalu-fsd unit</c>, by name.</param>
    /// <exception cref="CommandException">It does not start.</exception>
    Task StartUnitAsync(string key, IReadOnlyDictionary<string, string> options);

    /// <summary>Starts a pool's self-heal daemon, and waits until it runs.</summary>
    /// <param name="options">Options of <c>kadalu-fsd heal-daemon</c>, by name.</param>
    /// <exception cref="CommandException">It does not start.</exception>
    Task StartHealDaemonAsync(string pool, IReadOnlyDictionary<string, string> options);

    /// <summary>Has a unit that runs already, started by whomever, started again when the machine is.</summary>
    /// <param name="options">Options of <c>kadalu-fsd unit</c>, by name.</param>
    /// <returns>A task that ends when that is so.</returns>
    /// <exception cref="CommandException">It cannot.</exception>
    Task TakeOverUnitAsync(string key, IReadOnlyDictionary<string, string> options);

    /// <summary>The same for a pool's self-heal daemon.</summary>
    /// <returns>A task that ends when that is so.</returns>
    /// <exception cref="CommandException">It cannot.</exception>
    Task TakeOverHealDaemonAsync(string pool);

    /// <summary>
    /// Stops a unit that it has started. Does nothing where it has not; whoever asks looks for the process then.
    /// </summary>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="CommandException">It does not end.</exception>
    Task StopUnitAsync(string key);

    /// <summary>The same for a pool's self-heal daemon.</summary>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="CommandException">It does not end.</exception>
    Task StopHealDaemonAsync(string pool);

    /// <summary>Forgets what it knows of a unit that does not run any more.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    Task ForgetUnitAsync(string key);
}

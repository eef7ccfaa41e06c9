using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>Starts processes of pools on this node, and keeps them running as far as it does that.</summary>
public interface IServiceManager
{
    /// <summary>Why it could not start a service with a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Why; null where nothing is against it.</returns>
    string? FindObjection(string key);

    /// <summary>Starts a storage unit, and waits until clients can be served.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <param name="start">What it is told.</param>
    /// <returns>A task that ends then.</returns>
    /// <exception cref="CommandException">It does not start.</exception>
    Task StartUnitAsync(string key, UnitStart start);

    /// <summary>Starts a pool's self-heal daemon, and waits until it runs.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="start">What it is told.</param>
    /// <returns>A task that ends then.</returns>
    /// <exception cref="CommandException">It does not start.</exception>
    Task StartHealDaemonAsync(string pool, HealDaemonStart start);

    /// <summary>Has a unit that runs already, started by whomever, started again when the machine is.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <param name="start">What it is told.</param>
    /// <returns>A task that ends when that is so.</returns>
    /// <exception cref="CommandException">It cannot.</exception>
    Task TakeOverUnitAsync(string key, UnitStart start);

    /// <summary>The same for a pool's self-heal daemon.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <returns>A task that ends when that is so.</returns>
    /// <exception cref="CommandException">It cannot.</exception>
    Task TakeOverHealDaemonAsync(string pool);

    /// <summary>
    /// Stops a unit that it has started. Does nothing where it has not; whoever asks looks for the process then.
    /// </summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="CommandException">It does not end.</exception>
    Task StopUnitAsync(string key);

    /// <summary>The same for a pool's self-heal daemon.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="CommandException">It does not end.</exception>
    Task StopHealDaemonAsync(string pool);

    /// <summary>Forgets what it knows of a unit that does not run any more.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>A task that ends when it has.</returns>
    /// <exception cref="CommandException">It cannot.</exception>
    Task ForgetUnitAsync(string key);

    /// <summary>The same for a pool's self-heal daemon.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <returns>A task that ends when it has.</returns>
    Task ForgetHealDaemonAsync(string pool);
}

using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>Starts the processes of pools on this node, and keeps them running if it can.</summary>
public interface IServiceManager
{
    /// <summary>Checks whether it can start a service with a key.</summary>
    /// <returns>Why it cannot; null where it can.</returns>
    string? FindObjection(string key);

    /// <summary>Starts a storage unit, and waits until it serves clients.</summary>
    /// <exception cref="CommandException">It does not start.</exception>
    Task StartUnitAsync(string key, UnitStart start);

    /// <summary>Finds what a running unit would be told otherwise if it were started now.</summary>
    /// <returns>The settings of its pool that would be different, by name.</returns>
    string[] FindChanges(string key, UnitStart start);

    /// <summary>Starts a pool's self-heal daemon, and waits until it runs.</summary>
    /// <exception cref="CommandException">It does not start.</exception>
    Task StartHealDaemonAsync(string pool, HealDaemonStart start);

    /// <summary>Enables a running unit, so that it starts at boot.</summary>
    /// <exception cref="CommandException">It cannot be done.</exception>
    Task TakeOverUnitAsync(string key, UnitStart start);

    /// <summary>As for a unit.</summary>
    /// <exception cref="CommandException">It cannot be done.</exception>
    Task TakeOverHealDaemonAsync(string pool);

    /// <summary>Stops a unit that it has started; does nothing for others, whose process the caller finds.</summary>
    /// <exception cref="CommandException">It does not end.</exception>
    Task StopUnitAsync(string key);

    /// <summary>As for a unit.</summary>
    /// <exception cref="CommandException">It does not end.</exception>
    Task StopHealDaemonAsync(string pool);

    /// <summary>Removes its configuration of a unit that does not run any more.</summary>
    /// <exception cref="CommandException">It cannot be done.</exception>
    Task ForgetUnitAsync(string key);

    /// <summary>As for a unit.</summary>
    /// <exception cref="CommandException">It cannot be done.</exception>
    Task ForgetHealDaemonAsync(string pool);
}

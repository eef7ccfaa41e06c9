using KadaluFsd.Contract;

namespace KadaluFsd.Hosting.Options;

/// <summary>Default paths.</summary>
public static class UsualPlaces
{
    /// <summary>Where Kadalu keeps its volfiles.</summary>
    public static string Volfiles => Path.Combine(RootDirectory.OfEnvironment, "var/lib/kadalu/volfiles");

    /// <summary>The control socket of the agent of this node.</summary>
    public static string AgentSocket => Path.Combine(RootDirectory.OfEnvironment, "run/kadalu/agent.sock");

    /// <summary>The control socket of the manager, if it is on this node.</summary>
    public static string ManagerSocket => Path.Combine(RootDirectory.OfEnvironment, "run/kadalu/manager.sock");

    /// <summary>The control socket of a process of a pool.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>The path.</returns>
    internal static string Control(string key) => Path.Combine(RootDirectory.OfEnvironment, "run/kadalu", $"{key}.control.sock");
}

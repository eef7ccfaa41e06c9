namespace KadaluFsd.Contract;

/// <summary>TCP ports that are the same on every node.</summary>
public static class DefaultPorts
{
    /// <summary>
    /// The node port: it serves the volfiles of every pool of a node. Units of pools get it, and <c>mount -t kadalu</c> asks it
    /// (packaging/mount.kadalu has the number as well). Just below the units' own ports.
    /// </summary>
    public const int Node = 24199;

    /// <summary>Where the manager of a cluster serves nodes.</summary>
    public const int Manager = 24010;

    /// <summary>Where the agent of a node serves the manager and other nodes.</summary>
    public const int Agent = 24011;
}

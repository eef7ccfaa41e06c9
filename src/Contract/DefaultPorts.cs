namespace KadaluFsd.Contract;

/// <summary>TCP ports that are the same on every node.</summary>
public static class DefaultPorts
{
    /// <summary>
    /// The port for the volfiles of every pool of a node, which pools' units are given and which <c>mount -t kadalu</c> asks
    /// (packaging/mount.kadalu has it as well). Just below the units' own.
    /// </summary>
    public const int Node = 24199;
}

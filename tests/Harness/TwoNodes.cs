namespace KadaluFsd.Harness;

/// <summary>A second node: a network namespace of its own, which a wire leads to.</summary>
internal static class TwoNodes
{
    /// <summary>Its name for ip-netns(8).</summary>
    internal const string Name = "kadalu-b";

    /// <summary>Its address, which is its name in pools.</summary>
    internal const string Other = "10.98.0.2";

    private const string Here = "10.98.0.1";

    /// <summary>Makes it, where it is not there yet. It goes with the namespace that tests run in.</summary>
    /// <returns>This node's address, as the other one sees it.</returns>
    internal static async Task<string> ConnectAsync()
    {
        if ((
            await Command.RunAsync("ip", "netns", "exec", Name, "ip", "address", "show", "to", Other)) is
            {
                ExitCode: 0,
                Output.Length: > 0
            })
        {
            return Here;
        }

        await Command.MustAsync("sh", "-ec", $"""
            mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns
            ip netns add {Name}
            ip link add wire-a type veth peer name wire-b netns {Name}
            ip address add {Here}/24 dev wire-a; ip link set wire-a up
            ip netns exec {Name} ip address add {Other}/24 dev wire-b
            ip netns exec {Name} ip link set wire-b up
            ip netns exec {Name} ip link set lo up
            """);
        return Here;
    }
}

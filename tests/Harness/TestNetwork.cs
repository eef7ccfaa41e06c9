using System.Net.NetworkInformation;

namespace KadaluFsd.Harness;

/// <summary>What tests/run.sh sets up in the network namespace that tests run in.</summary>
internal static class TestNetwork
{
    /// <summary>An address of this namespace that is not a loopback address: connections to it come from it.</summary>
    internal const string Address = "10.99.0.1";

    internal static void Require() => Assert.True(
        NetworkInterface.GetAllNetworkInterfaces()
        .Any(device => device.GetIPProperties().UnicastAddresses.Any(address => address.Address.ToString() == Address)),
        $"{Address} is not set up: run these tests with `make test`");
}

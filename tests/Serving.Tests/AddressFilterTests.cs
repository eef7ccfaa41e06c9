using System.Net;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Tests;

public class AddressFilterTests
{
    private static readonly IReadOnlySet<IPAddress> s_nodes = new HashSet<IPAddress> { IPAddress.Parse("192.0.2.1") };

    [Theory]
    [InlineData(null, null, "198.51.100.7", true)]
    [InlineData("198.51.100.0/24", null, "198.51.100.7", true)]
    [InlineData("198.51.100.0/24", null, "198.51.101.7", false)]
    [InlineData("198.51.100.1/24", null, "198.51.100.7", true)]
    [InlineData("198.51.100.7", null, "198.51.100.7", true)]
    [InlineData("198.51.100.7", null, "198.51.100.8", false)]
    [InlineData(null, "198.51.100.0/24", "198.51.100.7", false)]
    [InlineData(null, "198.51.100.0/24", "198.51.101.7", true)]
    [InlineData("198.51.0.0/16", "198.51.100.0/24", "198.51.100.7", false)]
    [InlineData("198.51.0.0/16", "198.51.100.0/24", "198.51.101.7", true)]
    [InlineData("198.51.100.0/24", null, "2001:db8::7", false)]
    [InlineData("2001:db8::/32, 198.51.100.0/24", null, "2001:db8::7", true)]
    [InlineData(null, "2001:db8::/32", "2001:db8:ffff::1", false)]
    [InlineData("198.51.100.0/24", "0.0.0.0/0", "192.0.2.1", true)]
    [InlineData("198.51.100.0/24", "0.0.0.0/0", "127.0.0.1", true)]
    [InlineData("198.51.100.0/24", "::/0", "::1", true)]
    public void Who_may(string? allow, string? deny, string address, bool admitted) =>
        Assert.Equal(
            admitted,
            new AddressFilter(AddressFilter.Parse(allow), AddressFilter.Parse(deny)).Admits(IPAddress.Parse(address), s_nodes));

    [Fact]
    public void A_peer_on_a_unix_socket_may() =>
        Assert.True(new AddressFilter(AddressFilter.Parse("198.51.100.7"), []).Admits(null, s_nodes));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("198.51.100.7,")]
    public void A_list_without_an_entry_where_one_is_expected_allows_nobody_by_accident(string text) =>
        Assert.Throws<FormatException>(() => AddressFilter.Parse(text));

    [Theory]
    [InlineData("nodea")]
    [InlineData("198.51.100.0/33")]
    public void What_is_no_network_is_refused_and_named(string text)
    {
        Assert.Contains(text, Assert.Throws<FormatException>(() => AddressFilter.Parse(text)).Message, StringComparison.Ordinal);
    }
}

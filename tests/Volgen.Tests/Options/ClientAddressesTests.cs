using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Volgen.Tests.Options;

public class ClientAddressesTests
{
    [Theory]
    [InlineData("*")]
    [InlineData("10.0.0.7,client1,10.1.0.0/16,10.2.*,2001:db8::7")]
    [InlineData("/projects(10.0.0.7|10.0.0.8),/(client1)")]
    public void Lists_as_units_read_them_are_accepted(string list) => Assert.Null(ClientAddresses.Check(list));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("10.0.0.1;10.0.0.2")]
    [InlineData("10.0.0.1, 10.0.0.2")]
    [InlineData("10.0.0.300")]
    [InlineData("10.0.0.0/33")]
    [InlineData("2001:db8::/32")]
    [InlineData("!10.0.0.1")]
    public void What_is_no_list_is_refused_with_what_would_be_one(string list) =>
        Assert.Contains("is not a list of host names, addresses or networks", ClientAddresses.Check(list), StringComparison.Ordinal);
}

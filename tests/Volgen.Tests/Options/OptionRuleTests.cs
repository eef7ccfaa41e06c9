using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Volgen.Tests.Options;

public class OptionRuleTests
{
    [Theory]
    [InlineData("BOOL", "on", true)]
    [InlineData("BOOL", "Disable", true)]
    [InlineData("BOOL", "maybe", false)]
    [InlineData("INT", "5", true)]
    [InlineData("INT", "4", false)]
    [InlineData("INT", "11", false)]
    [InlineData("INT", "5.5", false)]
    [InlineData("INT", "five", false)]
    [InlineData("INT", "0xA", true)]
    [InlineData("INT", "0xB", false)]
    [InlineData("INT", "010", true)]
    [InlineData("INT", "08", false)]
    [InlineData("INT", "0x", false)]
    [InlineData("INT", "--6", false)]
    [InlineData("INT", "+6", true)]
    [InlineData("INT", "0xffffffffffffffffff", false)]
    [InlineData("PRIORITY_LIST", "*.c:5,*.h:0x2", true)]
    [InlineData("PRIORITY_LIST", "*.c", false)]
    [InlineData("PRIORITY_LIST", "*.c:five", false)]
    [InlineData("PRIORITY_LIST", ":5", false)]
    [InlineData("DOUBLE", "5.5", true)]
    [InlineData("DOUBLE", "1e9", false)]
    [InlineData("TIME", "7", true)]
    [InlineData("TIME", "7s", true)]
    [InlineData("TIME", "1min", false)]
    [InlineData("TIME", "7 moons", false)]
    [InlineData("PERCENT", "50%", true)]
    [InlineData("PERCENT", "50", true)]
    [InlineData("PERCENT", "101", false)]
    [InlineData("PATH", "/a/b", true)]
    [InlineData("PATH", "a/b", false)]
    [InlineData("PATH", "/a/../b", false)]
    [InlineData("TIME", "7S", false)]
    [InlineData("TIME", "7 s", false)]
    [InlineData("PERCENT", "50%%", false)]
    [InlineData("STR", "anything", true)]
    [InlineData("STR", "", false)]
    [InlineData("STR", "`id`", false)]
    [InlineData("ANY", "anything", true)]
    public void Values_are_of_their_kind_and_in_range(string kind, string value, bool isGood) =>
        Assert.Equal(isGood, new OptionRule(["x"], kind) { Minimum = 5, Maximum = 10 }.Check(value) is null);

    [Theory]
    [InlineData("64MB", true)]
    [InlineData("64mb", true)]
    [InlineData("64M", false)]
    [InlineData("64 MB", false)]
    [InlineData("67108864", true)]
    [InlineData("1MB", false)]
    [InlineData("1GB", false)]
    [InlineData("64XB", false)]
    public void Sizes_have_units(string value, bool isGood) =>
        Assert.Equal(isGood, new OptionRule(["x"], "SIZET") { Minimum = 4 << 20, Maximum = 512 << 20 }.Check(value) is null);

    [Theory]
    [InlineData("*", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("10.0.0.1,server2,2001:db8::7", true)]
    [InlineData("10.0.*", true)]
    [InlineData("*.7", true)]
    [InlineData("10.0.0.0/24", true)]
    [InlineData("2001:db8::*", true)]
    [InlineData("server-1.example.org", true)]
    [InlineData("/dir(10.0.0.1|10.0.0.2),/other(*)", true)]
    [InlineData("10.0.0", false)]
    [InlineData("10.0.0.256", false)]
    [InlineData("10.0.0.1.2", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.0/", false)]
    [InlineData("server_1", false)]
    [InlineData("-server", false)]
    [InlineData("a..b", false)]
    [InlineData("10.0.0.1 10.0.0.2", false)]
    [InlineData(",", false)]
    [InlineData("/dir", false)]
    [InlineData("/dir()", false)]
    public void Addresses_are_read_as_GlusterFS_reads_them(string value, bool isGood) => Assert.Equal(isGood, new OptionRule(["x"], "INTERNET_ADDRESS_LIST").Check(value) is null);

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("server1", true)]
    [InlineData("10.0.*", false)]
    [InlineData("*", false)]
    public void One_address_has_no_stars(string value, bool isGood) => Assert.Equal(isGood, new OptionRule(["x"], "INTERNET_ADDRESS").Check(value) is null);

    [Fact]
    public void Where_values_are_listed_others_are_wrong()
    {
        var rule = new OptionRule(["x"], "STR") { Values = ["none", "auto", "fixed"] };
        Assert.Null(rule.Check("auto"));
        Assert.NotNull(rule.Check("AUTO"));
        Assert.Equal("\"some\" is not none|auto|fixed", rule.Check("some"));
    }

    [Fact]
    public void A_wrong_value_is_answered_with_the_range() =>
        Assert.Equal("\"2MB\" is not size 4MB to 512MB", new OptionRule(["x"], "SIZET") { Minimum = 4 << 20, Maximum = 512 << 20 }.Check("2MB"));

    [Fact]
    public void One_bound_may_stand_alone() => Assert.Equal("\"-1\" is not whole number from 0", new OptionRule(["x"], "INT") { Minimum = 0 }.Check("-1"));
}

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

    // What GlusterFS refuses, wraps around or cuts off; each made a pool that could not be mounted, or that nothing could be set
    // in any more.
    [Theory]
    [InlineData("PERCENT_OR_SIZET", "5.5", false)]
    [InlineData("PERCENT_OR_SIZET", "5.5%", true)]
    [InlineData("PERCENT_OR_SIZET", "12.5", false)]
    [InlineData("PERCENT_OR_SIZET", "1.3KB", false)]
    [InlineData("PERCENT_OR_SIZET", "1.0KB", false)]
    [InlineData("PERCENT_OR_SIZET", "12.0", true)]
    [InlineData("PERCENT_OR_SIZET", "12.", true)]
    [InlineData("PERCENT_OR_SIZET", "13KB", true)]
    [InlineData("PERCENT_OR_SIZET", "101%", false)]
    [InlineData("PERCENT_OR_SIZET", "101", true)]
    [InlineData("PERCENT_OR_SIZET", "-1%", false)]
    [InlineData("PERCENT_OR_SIZET", "%", false)]
    [InlineData("SIZET", "1.5KB", true)]
    [InlineData("SIZET", "9223372036854775807", false)]
    [InlineData("SIZET", "9223372036854775808", false)]
    [InlineData("SIZET", "18446744073709551616", false)]
    [InlineData("SIZET", "16384PB", false)]
    [InlineData("SIZET", "8191PB", true)]
    [InlineData("SIZET", "1e3", false)]
    [InlineData("SIZET", "0x10", false)]
    [InlineData("SIZET", "-1", false)]
    [InlineData("TIME", "08", false)]
    [InlineData("TIME", "010", true)]
    [InlineData("TIME", "0x1d", true)]
    [InlineData("TIME", "0x1s", true)]
    [InlineData("TIME", "-1", false)]
    [InlineData("TIME", "5.5", false)]
    [InlineData("TIME", "2days", true)]
    [InlineData("TIME", "2day", false)]
    [InlineData("TIME", "9223372036854775808", false)]
    [InlineData("TIME", "9223372036854775807w", false)]
    [InlineData("INT", "9223372036854775808", false)]
    [InlineData("INT", "0x8000000000000000", false)]
    [InlineData("INT", "01000000000000000000000", false)]
    [InlineData("DOUBLE", "nan", false)]
    [InlineData("DOUBLE", "1e999", false)]
    [InlineData("SIZE_LIST", "512,1KB", true)]
    [InlineData("SIZE_LIST", "513", false)]
    [InlineData("SIZE_LIST", "*.img:512,*:1MB", true)]
    [InlineData("PRIORITY_LIST", "*.c:4294967296", false)]
    public void Values_are_read_as_the_translators_read_them(string kind, string value, bool isGood) =>
        Assert.Equal(isGood, new OptionRule(["x"], kind).Check(value) is null);

    [Theory]
    [InlineData("08s", 0)]
    [InlineData("010", 8)]
    [InlineData("0x10m", 16 * 60)]
    [InlineData("3wk", 3 * 604_800)]
    public void Times_are_counted_as_strtol_counts(string text, double seconds)
    {
        Assert.Equal(seconds > 0, GlusterSize.TryParseTime(text, out double read));
        Assert.Equal(seconds, read);
    }

    [Fact]
    public void A_long_value_is_not_repeated() =>
        Assert.InRange(new OptionRule(["x"], "BOOL").Check(new string('x', 1 << 20))!.Length, 1, 500);

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
    public void Addresses_are_read_as_GlusterFS_reads_them(string value, bool isGood) =>
        Assert.Equal(isGood, new OptionRule(["x"], "INTERNET_ADDRESS_LIST").Check(value) is null);

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("server1", true)]
    [InlineData("10.0.*", false)]
    [InlineData("*", false)]
    public void One_address_has_no_stars(string value, bool isGood) =>
        Assert.Equal(isGood, new OptionRule(["x"], "INTERNET_ADDRESS").Check(value) is null);

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
        Assert.Equal(
            "\"2MB\" is not a size from 4MB to 512MB",
            new OptionRule(["x"], "SIZET") { Minimum = 4 << 20, Maximum = 512 << 20 }.Check("2MB"));

    [Fact]
    public void One_bound_may_stand_alone() =>
        Assert.Equal("\"-1\" is not a whole number from 0", new OptionRule(["x"], "INT") { Minimum = 0 }.Check("-1"));
}

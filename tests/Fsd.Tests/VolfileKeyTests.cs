using KadaluFsd.Fsd.Volfiles;

namespace KadaluFsd.Fsd.Tests;

public class VolfileKeyTests
{
    [Theory]
    [InlineData("pool1", "pool1")]
    [InlineData("/pool1", "pool1")]
    [InlineData("pool1.server1.exports-pool1-s1", "pool1.server1.exports-pool1-s1")]
    [InlineData("shd.pool_1-x", "shd.pool_1-x")]
    public void Legal_keys(string sent, string expected)
    {
        Assert.True(VolfileKey.TryNormalise(sent, out string key));
        Assert.Equal(expected, key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//pool1")]
    [InlineData("..")]
    [InlineData("/..")]
    [InlineData("../pool1")]
    [InlineData("a..b")]
    [InlineData("a/b")]
    [InlineData("/etc/passwd")]
    [InlineData(".hidden")]
    [InlineData("pool1\0")]
    [InlineData("pööl")]
    [InlineData("pool 1")]
    [InlineData("pool\n1")]
    public void Illegal_keys(string sent) => Assert.False(VolfileKey.TryNormalise(sent, out _));

    [Fact]
    public void A_key_must_fit_into_a_file_name()
    {
        Assert.True(VolfileKey.TryNormalise("/" + new string('a', VolfileKey.MaxLength), out _));
        Assert.False(VolfileKey.TryNormalise(new string('a', VolfileKey.MaxLength + 1), out _));
    }
}

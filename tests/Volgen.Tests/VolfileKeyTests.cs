using System.Text;

namespace KadaluFsd.Volgen.Tests;

public class VolfileKeyTests
{
    [Theory]
    [InlineData("pool1", "pool1")]
    [InlineData("/pool1", "pool1")]
    [InlineData("pool1.server1.exports-pool1-s1", "pool1.server1.exports-pool1-s1")]
    [InlineData("shd.pool_1-x", "shd.pool_1-x")]
    [InlineData("shd/pool1", "shd.pool1")]
    [InlineData("client/pool1", "pool1")]
    [InlineData("/client/pool1.tcp", "pool1.tcp")]
    public void Legal_keys(string sent, string expected)
    {
        Assert.True(VolfileKey.TryNormalise(sent, out string key));
        Assert.Equal(expected, key);
        Assert.True(
            VolfileKey.TryNormalise(Encoding.UTF8.GetBytes(sent), new char[VolfileKey.MaxSent], out ReadOnlySpan<char> same));
        Assert.Equal(expected, same.ToString());
    }

    [Theory]
    [InlineData("pool1.tcp", "pool1")]
    [InlineData("pool1.unix", "pool1")]
    [InlineData("pool1.rdma", "")]
    [InlineData("pool1", "")]
    public void A_transport_behind_a_pools_name_is_known(string key, string expected) =>
        Assert.Equal(expected, VolfileKey.WithoutTransport(key).ToString());

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
    [InlineData("client/")]
    [InlineData("client//etc")]
    [InlineData("client/client/pool1")]
    [InlineData("shd/../pool1")]
    [InlineData("shd//pool1")]
    public void Illegal_keys(string sent)
    {
        Assert.False(VolfileKey.TryNormalise(sent, out _));
        Assert.False(VolfileKey.TryNormalise(Encoding.UTF8.GetBytes(sent), new char[VolfileKey.MaxSent], out _));
    }

    [Fact]
    public void A_key_must_fit_into_a_file_name()
    {
        Assert.True(VolfileKey.TryNormalise("/" + new string('a', VolfileKey.MaxLength), out _));
        Assert.False(VolfileKey.TryNormalise(new string('a', VolfileKey.MaxLength + 1), out _));
    }
}

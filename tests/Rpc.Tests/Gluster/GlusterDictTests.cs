using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Rpc.Tests.Gluster;

public class GlusterDictTests
{
    [Fact]
    public void A_dict_is_encoded_as_dict_lserialize_does()
    {
        byte[] encoded = new GlusterDict().Add("ab", "c").Encode();
        Assert.Equal("00000001" + "00000002" + "00000002" + "616200" + "6300", Convert.ToHexStringLower(encoded));
        Assert.Equal("c", Decode(encoded).GetString("ab"));
        Assert.Null(Decode(encoded).GetString("a"));
    }

    [Fact]
    public void An_empty_dict_is_no_bytes_at_all()
    {
        Assert.Empty(new GlusterDict().Encode());
        Assert.Empty(Decode([]).Pairs);
        Assert.Empty(Decode([0, 0, 0, 0]).Pairs);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("00000001")]
    [InlineData("000000010000000200000002616200")]
    [InlineData("00000001000000020000000261620063000000")]
    [InlineData("000000010000000200000002616263630000")]
    [InlineData("00000001ffffffff000000016100")]
    [InlineData("0000000100000001ffffffff6100")]
    [InlineData("0000000100000001000000008000")]
    [InlineData("00000001000000010000000000" + "00")]
    [InlineData("00000101")]
    [InlineData("ffffffff")]
    public void A_dict_that_does_not_add_up_is_refused(string hex) =>
        Assert.Throws<ProtocolException>(() => Decode(Convert.FromHexString(hex)));

    [Fact]
    public void A_dict_over_the_limit_is_refused_before_it_is_copied() =>
        Assert.Throws<ProtocolException>(() => Decode(new byte[RpcLimits.MaxDict + 1]));

    private static GlusterDict Decode(byte[] bytes) => GlusterDict.Decode(bytes);
}

using System.Text;
using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Rpc.Tests.Gluster;

public class GlusterDictTests
{
    [Fact]
    public void A_dict_is_encoded_as_dict_lserialize_does()
    {
        byte[] encoded = GlusterDict.Empty.Add("ab", "c").Encoded.ToArray();
        Assert.Equal("00000001" + "00000002" + "00000002" + "616200" + "6300", Convert.ToHexStringLower(encoded));
        Assert.Equal("c", Decode(encoded).GetString("ab"u8));
        Assert.Null(Decode(encoded).GetString("a"u8));
    }

    [Fact]
    public void Pairs_come_in_the_order_they_were_added_and_the_first_dict_stays_as_it_was()
    {
        GlusterDict first = GlusterDict.Empty.Add("a", "ä");
        GlusterDict both = first.Add("b", "");
        List<string> pairs = [];
        foreach (GlusterDict.Pair pair in both)
        {
            pairs.Add($"{Encoding.ASCII.GetString(pair.Key)}={Encoding.UTF8.GetString(pair.Text)} {pair.Value.Length}");
        }

        Assert.Equal(["a=ä 3", "b= 1"], pairs);
        Assert.Equal(1, first.Count);
    }

    [Fact]
    public void An_empty_dict_is_no_bytes_at_all()
    {
        Assert.Empty(GlusterDict.Empty.Encoded.ToArray());
        Assert.Equal(0, Decode([]).Count);
        Assert.Equal(0, Decode([0, 0, 0, 0]).Count);
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

using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests.Onc;

public class CallPrefixTests
{
    [Theory]
    [InlineData("getspec-fuse-call", GlusterPrograms.Handshake, 2u, 2u)]
    [InlineData("getspec-gfapi-call", GlusterPrograms.Handshake, 2u, 2u)]
    [InlineData("setvolume-call", GlusterPrograms.Handshake, 2u, 1u)]
    [InlineData("dump-call", GlusterPrograms.Dump, 1u, 1u)]
    [InlineData("ping-call", GlusterPrograms.Dump, 1u, 2u)]
    [InlineData("portbybrick-call", GlusterPrograms.Portmap, 1u, 1u)]
    [InlineData("fetchspec-callback", GlusterPrograms.Callback, 1u, 1u)]
    public void A_call_is_known_by_its_first_28_bytes_and_no_fewer(string name, uint program, uint version, uint procedure)
    {
        byte[] record = Golden.Read(name);
        for (int length = 0; length < RpcLimits.CallPrefix; length++)
        {
            Assert.Equal(CallPrefixKind.Incomplete, CallPrefix.Inspect(record.AsSpan(0, length)).Kind);
        }

        Assert.Equal(
            new CallPrefix(CallPrefixKind.Call, 2, program, version, procedure),
            CallPrefix.Inspect(record.AsSpan(0, RpcLimits.CallPrefix)));
    }

    [Theory]
    [InlineData("1603", CallPrefixKind.Tls)]
    [InlineData("16030100c8010000c4", CallPrefixKind.Tls)]
    [InlineData("474554202f204854", CallPrefixKind.Garbage)]
    [InlineData("80000004", CallPrefixKind.Garbage)]
    [InlineData("80000000", CallPrefixKind.Garbage)]
    [InlineData("ffffffff", CallPrefixKind.Garbage)]
    [InlineData("800000480000000200000001", CallPrefixKind.Garbage)]
    [InlineData("80000048000000020000000100000002075bb86d0000000100000001", CallPrefixKind.Garbage)]
    [InlineData("00000008", CallPrefixKind.Fragmented)]
    [InlineData("00000000", CallPrefixKind.Fragmented)]
    [InlineData("00000018", CallPrefixKind.Incomplete)]
    [InlineData("16", CallPrefixKind.Incomplete)]
    public void Everything_else_is_told_apart_as_soon_as_it_can_be(string hex, CallPrefixKind kind) =>
        Assert.Equal(kind, CallPrefix.Inspect(Convert.FromHexString(hex)).Kind);

    [Fact]
    public void A_reply_is_not_a_call() =>
        Assert.Equal(CallPrefixKind.Garbage, CallPrefix.Inspect(Golden.Read("getspec-fuse-reply")).Kind);
}

using System.Buffers;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Tests.Onc;

/// <summary>Every reply that RFC 5531 section 9 knows, byte for byte.</summary>
public class RpcProgramTableTests
{
    private readonly RpcPeer _peer = new("test");

    [Fact]
    public void Success_carries_the_results_and_is_counted()
    {
        (byte[] reply, RpcOutcome outcome) = Call(Request(TestProcedures.Program, 3, 1, "hi"));
        Assert.Equal(
            "0000002a00000001" + "00000000" + "0000000000000000" + "00000000" + "000000066265666f72650000" + "0000000268690000",
            Hex(reply));
        Assert.Equal(AcceptStatus.Success, outcome.Status);
        Assert.Equal(1, _peer.Answered);
    }

    [Fact]
    public void Procedure_0_of_every_program_answers_nothing() =>
        Assert.Equal(Accepted(0), Hex(Call(Request(TestProcedures.Program, 5, 0)).Reply));

    [Fact]
    public void Unknown_program() =>
        Assert.Equal(Accepted(1), Hex(Call(Request(77, 1, 1)).Reply));

    [Fact]
    public void Unknown_version_names_the_lowest_and_highest_there_is() =>
        Assert.Equal(Accepted(2) + "0000000300000005", Hex(Call(Request(TestProcedures.Program, 4, 1)).Reply));

    [Fact]
    public void Unknown_procedure() =>
        Assert.Equal(Accepted(3), Hex(Call(Request(TestProcedures.Program, 3, 99)).Reply));

    [Fact]
    public void A_procedure_of_another_version_is_unknown() =>
        Assert.Equal(Accepted(3), Hex(Call(Request(TestProcedures.Program, 5, 2)).Reply));

    [Fact]
    public void Arguments_that_cannot_be_decoded_leave_no_half_answer()
    {
        (byte[] reply, RpcOutcome outcome) = Call(Request(TestProcedures.Program, 3, 1));
        Assert.Equal(Accepted(4), Hex(reply));
        Assert.IsType<ProtocolException>(outcome.Error);
        Assert.Equal(0, _peer.Answered);
    }

    [Fact]
    public void A_procedure_that_fails_leaves_no_half_answer()
    {
        (byte[] reply, RpcOutcome outcome) = Call(Request(TestProcedures.Program, 3, 2));
        Assert.Equal(Accepted(5), Hex(reply));
        Assert.IsType<InvalidOperationException>(outcome.Error);
    }

    [Fact]
    public void Another_version_of_rpc() =>
        Assert.Equal(
            "0000002a000000010000000100000000" + "0000000200000002",
            Hex(Call(Request(TestProcedures.Program, 3, 1, rpcVersion: 3)).Reply));

    [Fact]
    public void A_flavor_that_would_have_to_be_checked() =>
        Assert.Equal(
            "0000002a000000010000000100000001" + "00000005", Hex(Call(Request(TestProcedures.Program, 3, 1, flavor: 6)).Reply));

    [Theory]
    [InlineData(AuthFlavor.None)]
    [InlineData(AuthFlavor.Sys)]
    [InlineData(AuthFlavor.GlusterFs)]
    [InlineData(AuthFlavor.GlusterFsV2)]
    [InlineData(AuthFlavor.GlusterFsV3)]
    public void Flavors_of_gluster_clients_are_accepted(AuthFlavor flavor) =>
        Assert.Equal(AcceptStatus.Success, Call(Request(TestProcedures.Program, 3, 1, "", flavor: (uint)flavor)).Outcome.Status);

    [Fact]
    public void A_credential_over_the_limit_breaks_the_protocol() =>
        Assert.Throws<ProtocolException>(
            () => Call(Request(TestProcedures.Program, 3, 1, credential: new byte[RpcLimits.MaxAuthBody + 1])));

    [Fact]
    public void A_reply_where_a_call_is_due_breaks_the_protocol() =>
        Assert.Throws<ProtocolException>(() => Call(Convert.FromHexString(Accepted(0))));

    [Fact]
    public void A_header_that_ends_anywhere_breaks_the_protocol()
    {
        byte[] request = Request(TestProcedures.Program, 3, 0);
        for (int length = 0; length < request.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => Call(request[..length]));
        }
    }

    private static string Accepted(int status) =>
        "0000002a" + "00000001" + "00000000" + "0000000000000000" + status.ToString("x8");

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Request(
        uint program, uint version, uint procedure, string? argument = null, uint rpcVersion = 2, uint flavor = 0,
        byte[]? credential = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new XdrWriter(buffer);
        new CallHeader(42, rpcVersion, program, version, procedure, (AuthFlavor)flavor, credential ?? Array.Empty<byte>())
            .Write(writer);
        if (argument is not null)
        {
            writer.WriteString(argument);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private (byte[] Reply, RpcOutcome Outcome) Call(byte[] request)
    {
        using var reply = new RecordBuffer();
        RpcOutcome outcome = TestProcedures.Table().Dispatch(request, _peer, reply);
        return (reply.Complete().ToArray()[4..], outcome);
    }
}

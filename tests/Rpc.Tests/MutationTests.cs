using System.Buffers;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests;

/// <summary>Captured records, changed at random but the same way each time: nothing but a clean refusal may come out.</summary>
public class MutationTests
{
    // Two threads of this many each; one for calls, one for replies and dicts.
    private const int Rounds = 2_600_000;

    [Fact]
    public void No_change_of_a_real_call_gets_past_the_server()
    {
        byte[][] seeds = [.. Golden.Names.Where(name => name.Contains("-call", StringComparison.Ordinal)).Select(Golden.Read)];
        ReadOnlyMemory<byte> noEntry = GetSpecReply.Failed(GlusterErrno.NoEntry).Encode();
        var programs = new RpcProgramTable(
            new GetSpecProcedure((_, _) => noEntry),
            new GetVolumeInfoProcedure(name => name == "wv" ? Guid.Empty : null),
            new PortByBrickProcedure(directory => directory.Length),
            new DumpProcedure(new ProgramDetail("GF-DUMP", GlusterPrograms.Dump, GlusterPrograms.DumpVersion)),
            new PingProcedure(GlusterPrograms.Dump, GlusterPrograms.DumpVersion, GlusterPrograms.DumpPing));
        var peer = new RpcPeer("test");
        var random = new Random(20261122);
        using var reply = new RecordBuffer();
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Mutate(random, seeds[random.Next(seeds.Length)]);
            _ = CallPrefix.Inspect(bytes);
            var buffer = new ReadOnlySequence<byte>(bytes);
            try
            {
                while (RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlyMemory<byte> record))
                {
                    reply.Reset();
                    RpcOutcome outcome = programs.Dispatch(record, peer, reply);
                    Assert.NotEqual(AcceptStatus.SystemError, outcome.Status);
                    Assert.InRange(reply.Length + reply.Tail.Length, 20, 200);
                }
            }
            catch (ProtocolException)
            {
                // The connection would be closed.
            }
        }
    }

    [Fact]
    public void No_change_of_a_real_reply_gets_past_the_client()
    {
        byte[][] seeds =
            [.. Golden.Names.Where(
                name => name.Contains("getspec", StringComparison.Ordinal) &&
                name.EndsWith("-reply", StringComparison.Ordinal)).Select(Golden.Read)];
        byte[][] dicts = [GlusterDict.Empty.Add("max-op-version", "100000").Add("min-op-version", "1").Encoded.ToArray()];
        var random = new Random(20261123);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++)
        {
            bool isDict = round % 2 == 0;
            byte[] bytes = Mutate(random, isDict ? dicts[0] : seeds[random.Next(seeds.Length)]);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (isDict)
                {
                    _ = GlusterDict.Decode(bytes).GetString("max-op-version"u8);
                }
                else
                {
                    ReadReply(bytes);
                }
            }
            catch (Exception exception) when (exception is ProtocolException or RpcRefusedException)
            {
                // The connection would be closed.
            }

            // What was sent may be copied a few times; what was only claimed may not be allocated at all.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 32 * 1024 + (8 * bytes.Length));
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() > before);
    }

    private static void ReadReply(byte[] bytes)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        if (RecordMark.TryRead(ref buffer, RpcLimits.MaxReplyRecord, out ReadOnlyMemory<byte> record))
        {
            var reader = new XdrReader(record);
            _ = reader.ReadUInt32();
            _ = reader.ReadUInt32();
            ReplyHeader.ExpectSuccess(ref reader);
            _ = GetSpecReply.Read(ref reader);
        }
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        byte[] bytes = seed[..];
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at & ~3] = (byte)(random.Next(2) * 0xff);
                    break;
                case 3:
                    bytes = bytes[..Math.Max(at, 1)];
                    break;
                default:
                    bytes = [.. bytes[..at], .. seed];
                    break;
            }
        }

        return bytes;
    }
}

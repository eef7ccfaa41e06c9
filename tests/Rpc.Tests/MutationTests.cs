using System.Buffers;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests;

/// <summary>Captured records, changed at random but the same way each time: nothing but a clean refusal may come out.</summary>
public class MutationTests
{
    private const int Rounds = 200_000;

    [Fact]
    public void No_change_of_a_real_call_gets_past_the_server()
    {
        byte[][] seeds = [.. Golden.Names.Where(name => name.Contains("-call", StringComparison.Ordinal)).Select(Golden.Read)];
        var programs = new RpcProgramTable(new GetSpecProcedure((_, _) => GetSpecReply.Failed(GlusterErrno.NoEntry).Encode()));
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
                while (RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlySequence<byte> record))
                {
                    reply.Reset();
                    RpcOutcome outcome = programs.Dispatch(record, peer, reply);
                    Assert.NotEqual(AcceptStatus.SystemError, outcome.Status);
                    Assert.InRange(reply.Length + reply.Tail.Length, 20, 64);
                }
            }
            catch (ProtocolException)
            {
                // The connection would be closed.
            }
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

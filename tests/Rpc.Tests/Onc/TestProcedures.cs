using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Tests.Onc;

/// <summary>A program for tests: 1 echoes an opaque, 2 fails half way, 3 answers with as many bytes as asked for.</summary>
internal static class TestProcedures
{
    internal const uint Program = 0x2000_0001;

    internal static RpcProgramTable Table(params RpcProcedure[] more) =>
        new([new Echo(3), new Echo(5), new Fail(), new Fill(), .. more]);

    private sealed class Echo(uint version) : RpcProcedure
    {
        public override uint Program => TestProcedures.Program;

        public override uint Version => version;

        public override uint Number => 1;

        public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results)
        {
            results.WriteString("before");
            results.WriteString(arguments.ReadString(1000));
            arguments.ExpectEnd();
        }
    }

    private sealed class Fail : RpcProcedure
    {
        public override uint Program => TestProcedures.Program;

        public override uint Version => 3;

        public override uint Number => 2;

        public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results)
        {
            results.WriteString("half an answer");
            throw new InvalidOperationException("on purpose");
        }
    }

    private sealed class Fill : RpcProcedure
    {
        public override uint Program => TestProcedures.Program;

        public override uint Version => 3;

        public override uint Number => 3;

        public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results) =>
            results.WriteOpaque(new byte[arguments.ReadInt32()]);
    }
}

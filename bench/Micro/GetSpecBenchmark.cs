using System.Buffers;
using BenchmarkDotNet.Attributes;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Bench.Micro;

/// <summary>One GETSPEC, from the bytes of the call to the bytes of the reply, without a socket.</summary>
[MemoryDiagnoser]
public class GetSpecBenchmark : IDisposable
{
    private readonly RpcPeer _peer = new("bench");
    private readonly RecordBuffer _reply = new();
    private RpcProgramTable _programs = new();
    private ReadOnlySequence<byte> _call;

    /// <summary>Length of the volfile, in bytes.</summary>
    [Params(1500, 100_000)]
    public int VolfileLength { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] results = GetSpecReply.Found(new byte[VolfileLength]).Encode();
        _programs = new RpcProgramTable(new GetSpecProcedure((_, _) => results));
        using var call = new RecordBuffer();
        var writer = new XdrWriter(call);
        new CallHeader(1, 2, GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion, GlusterPrograms.GetSpec,
            AuthFlavor.None, default).Write(writer);
        new GetSpecCall(1, "pool", GlusterDict.Empty.Add("max-op-version", "100000").Add("min-op-version", "1")).Write(writer);
        _call = new ReadOnlySequence<byte>(call.Complete().ToArray());
    }

    [Benchmark]
    public int Answer()
    {
        ReadOnlySequence<byte> buffer = _call;
        RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlyMemory<byte> record);
        _reply.Reset();
        _programs.Dispatch(record, _peer, _reply);
        return _reply.Complete().Length + _reply.Tail.Length;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reply.Dispose();
        GC.SuppressFinalize(this);
    }
}

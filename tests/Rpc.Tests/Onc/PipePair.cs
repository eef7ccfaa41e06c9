using System.IO.Pipelines;

namespace KadaluFsd.Rpc.Tests.Onc;

/// <summary>Two ends of a connection in memory.</summary>
internal sealed class PipePair
{
    internal PipePair()
    {
        var there = new Pipe();
        var back = new Pipe();
        Server = new End(there.Reader, back.Writer);
        Client = new End(back.Reader, there.Writer);
    }

    internal IDuplexPipe Server { get; }

    internal IDuplexPipe Client { get; }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

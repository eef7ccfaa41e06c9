using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Shared;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>The graph's side of a unit's port, as a test has it: what it is given becomes a peer that follows a script.</summary>
/// <param name="answers">What comes of the first connections that it is given; it takes all others.</param>
internal sealed class ScriptedGraph(params Handover[] answers) : IGraphSide
{
    private readonly ConcurrentQueue<Handover> _answers = new(answers);
    private readonly Channel<(ScriptedPeer Peer, bool IsNode)> _taken = Channel.CreateUnbounded<(ScriptedPeer, bool)>();

    /// <summary>How many clients have yet to be let in.</summary>
    internal int NotLetIn { get; set; }

    /// <summary>How often it was told to close those that are late.</summary>
    internal int Checks { get; private set; }

    /// <summary>How often it was given a connection.</summary>
    internal int Offers { get; private set; }

    public Handover Serve(int fd, bool isNode, out string reason)
    {
        Offers++;
        Handover answer = _answers.TryDequeue(out Handover next) ? next : Handover.Taken;
        reason = answer == Handover.Refused ? "the test says so" : "";
        if (answer == Handover.Taken)
        {
            _taken.Writer.TryWrite(
                (ScriptedPeer.Over(new Socket(new SafeSocketHandle(fd, ownsHandle: true)) { Blocking = true }), isNode));
        }

        return answer;
    }

    public int CloseLateHandshakes()
    {
        Checks++;
        return NotLetIn;
    }

    /// <summary>Waits for the next connection that it takes.</summary>
    internal async Task<(ScriptedPeer Peer, bool IsNode)> TakenAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        return await _taken.Reader.ReadAsync(limit.Token);
    }
}

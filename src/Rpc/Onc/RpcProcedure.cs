using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

/// <summary>The peer of a connection.</summary>
/// <param name="address">Address as shown in logs, such as <c>192.0.2.7:49151</c>.</param>
public class RpcPeer(string address)
{
    /// <summary>Address as shown in logs.</summary>
    public string Address { get; } = address;

    /// <summary>Calls of this peer that a procedure answered with success.</summary>
    public long Answered { get; internal set; }
}

/// <summary>One procedure of one version of a program. Runs on the connection's thread: it must not block.</summary>
public abstract class RpcProcedure
{
    /// <summary>Program number.</summary>
    public abstract uint Program { get; }

    /// <summary>Version of the program.</summary>
    public abstract uint Version { get; }

    /// <summary>Procedure number, 1 or more: 0 is answered for every program.</summary>
    public abstract uint Number { get; }

    /// <summary>
    /// Reads the arguments, does the work, writes the results. A <see cref="ProtocolException"/> is answered with GARBAGE_ARGS,
    /// any other exception with SYSTEM_ERR; what had been written by then is dropped.
    /// </summary>
    /// <param name="arguments">Behind the call's header; valid until this method returns.</param>
    /// <param name="results">Behind the reply's header.</param>
    public abstract void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results);
}

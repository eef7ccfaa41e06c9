using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

/// <summary>How a call ended.</summary>
/// <param name="Status">The accept status; null for a call that was denied (RFC 5531: MSG_DENIED).</param>
/// <param name="Error">The exception behind GARBAGE_ARGS and SYSTEM_ERR.</param>
public readonly record struct RpcOutcome(uint Program, uint Procedure, AcceptStatus? Status, Exception? Error);

/// <summary>
/// The programs a server offers; turns a call record into a reply record. Immutable, for any number of threads.
/// </summary>
public sealed class RpcProgramTable
{
    // A handful: a linear search is faster than any table.
    private readonly Entry[] _entries;

    /// <summary>A table of <paramref name="procedures"/>.</summary>
    /// <param name="procedures">No two with the same three numbers, none numbered 0.</param>
    public RpcProgramTable(params ReadOnlySpan<RpcProcedure> procedures)
    {
        _entries = new Entry[procedures.Length];
        for (int index = 0; index < procedures.Length; index++)
        {
            RpcProcedure procedure = procedures[index];
            ArgumentOutOfRangeException.ThrowIfZero(procedure.Number);
            if (Find(procedure.Program, procedure.Version, procedure.Number, out _) is not null)
            {
                throw new ArgumentException(
                    $"two procedures numbered {procedure.Program}.{procedure.Version}.{procedure.Number}", nameof(procedures));
            }

            _entries[index] = new Entry(procedure.Program, procedure.Version, procedure.Number, procedure);
        }
    }

    /// <summary>Answers one call record.</summary>
    /// <param name="record">The whole record, without marks.</param>
    /// <param name="peer">Who sent it.</param>
    /// <param name="reply">Empty; holds the reply afterwards.</param>
    /// <returns>The outcome, for logs and counters.</returns>
    /// <exception cref="ProtocolException">The record is not a call: the connection cannot go on.</exception>
    public RpcOutcome Dispatch(ReadOnlyMemory<byte> record, RpcPeer peer, RecordBuffer reply)
    {
        var reader = new XdrReader(record);
        CallHeader call = CallHeader.Read(ref reader);
        var writer = new XdrWriter(reply);
        if (call.RpcVersion != CallHeader.SupportedRpcVersion)
        {
            ReplyHeader.WriteRpcMismatch(writer, call.Xid);
            return new RpcOutcome(0, 0, null, null);
        }

        if (!IsAcceptedFlavor(call.CredentialFlavor))
        {
            ReplyHeader.WriteAuthError(writer, call.Xid, AuthStatus.TooWeak);
            return new RpcOutcome(call.Program, call.Procedure, null, null);
        }

        RpcProcedure? procedure = Find(call.Program, call.Version, call.Procedure, out bool isKnownVersion);
        if (!isKnownVersion)
        {
            return AnswerUnknown(call, writer);
        }

        if (call.Procedure == 0)
        {
            ReplyHeader.WriteAccepted(writer, call.Xid, AcceptStatus.Success);
            return new RpcOutcome(call.Program, 0, AcceptStatus.Success, null);
        }

        if (procedure is null)
        {
            ReplyHeader.WriteAccepted(writer, call.Xid, AcceptStatus.ProcedureUnavailable);
            return new RpcOutcome(call.Program, call.Procedure, AcceptStatus.ProcedureUnavailable, null);
        }

        return Invoke(procedure, call, peer, ref reader, reply);
    }

    private static RpcOutcome Invoke(
        RpcProcedure procedure, in CallHeader call, RpcPeer peer, ref XdrReader arguments, RecordBuffer reply)
    {
        var writer = new XdrWriter(reply);
        int start = reply.Length;
        AcceptStatus status;
        Exception? error;
        ReplyHeader.WriteAccepted(writer, call.Xid, AcceptStatus.Success);
        try
        {
            procedure.Invoke(peer, ref arguments, writer);
            peer.Answered++;
            return new RpcOutcome(call.Program, call.Procedure, AcceptStatus.Success, null);
        }
        catch (ProtocolException exception)
        {
            (status, error) = (AcceptStatus.GarbageArguments, exception);
        }
#pragma warning disable CA1031 // Whatever a procedure does wrong, its caller gets an answer and the connection lives on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            (status, error) = (AcceptStatus.SystemError, exception);
        }

        reply.Truncate(start);
        ReplyHeader.WriteAccepted(writer, call.Xid, status);
        return new RpcOutcome(call.Program, call.Procedure, status, error);
    }

    private RpcOutcome AnswerUnknown(in CallHeader call, XdrWriter writer)
    {
        uint program = call.Program;
        uint[] versions = [.. _entries.Where(entry => entry.Program == program).Select(entry => entry.Version)];
        if (versions.Length > 0)
        {
            ReplyHeader.WriteProgramMismatch(writer, call.Xid, versions.Min(), versions.Max());
            return new RpcOutcome(call.Program, call.Procedure, AcceptStatus.ProgramMismatch, null);
        }

        ReplyHeader.WriteAccepted(writer, call.Xid, AcceptStatus.ProgramUnavailable);
        return new RpcOutcome(call.Program, call.Procedure, AcceptStatus.ProgramUnavailable, null);
    }

    private RpcProcedure? Find(uint program, uint version, uint number, out bool isKnownVersion)
    {
        isKnownVersion = false;
        foreach (ref readonly Entry entry in _entries.AsSpan())
        {
            if (entry.Program == program && entry.Version == version)
            {
                isKnownVersion = true;
                if (entry.Number == number)
                {
                    return entry.Procedure;
                }
            }
        }

        return null;
    }

    // None of these is verified: volfiles are given by address, not by credential. Other flavors might expect verification.
    private static bool IsAcceptedFlavor(AuthFlavor flavor) => flavor is
        AuthFlavor.None or AuthFlavor.Sys or AuthFlavor.GlusterFs or AuthFlavor.GlusterFsV2 or AuthFlavor.GlusterFsV3;

    private readonly record struct Entry(uint Program, uint Version, uint Number, RpcProcedure Procedure);
}

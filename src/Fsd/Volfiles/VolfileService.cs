using KadaluFsd.Fsd.Logging;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>Answers clients that fetch a volfile.</summary>
/// <param name="directory">Where volfiles come from.</param>
/// <param name="logger">Told of each fetch.</param>
internal sealed class VolfileService(VolfileDirectory directory, ILogger logger)
{
    /// <summary>The programs of a volfile connection.</summary>
    /// <returns>A table that answers GETSPEC from this service.</returns>
    internal RpcProgramTable CreatePrograms() => new(new GetSpecProcedure(GetSpec));

    private GetSpecReply GetSpec(RpcPeer peer, GetSpecCall call)
    {
        if (!VolfileKey.TryNormalise(call.Key, out string key))
        {
            return Refuse(peer, call.Key, GlusterErrno.Invalid, "not a legal key");
        }

        if (!directory.TryGet(key, out ReadOnlyMemory<byte> bytes))
        {
            return Refuse(peer, key, GlusterErrno.NoEntry, "there is no such volfile");
        }

        FsdLog.VolfileFetched(logger, peer.Address, key, bytes.Length);
        return GetSpecReply.Found(bytes);
    }

    private GetSpecReply Refuse(RpcPeer peer, string key, int errno, string reason)
    {
        string shown = key.Length <= VolfileKey.MaxLength ? key : key[..VolfileKey.MaxLength] + "…";
        FsdLog.VolfileRefused(logger, peer.Address, shown, errno, reason);
        return GetSpecReply.Failed(errno);
    }
}

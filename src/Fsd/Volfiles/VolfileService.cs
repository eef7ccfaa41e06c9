using KadaluFsd.Fsd.Logging;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>Answers clients: volfiles, volume ids, ports.</summary>
/// <param name="store">Where the answers come from.</param>
/// <param name="pools">Which of them are given.</param>
/// <param name="accessLog">Gets a line for each fetch; null for none.</param>
/// <param name="logger">Told of fetches, at a bounded rate.</param>
internal sealed class VolfileService(VolfileStore store, ServedPools pools, AccessLog? accessLog, ILogger logger)
{
    private static readonly ReadOnlyMemory<byte> s_noEntry = GetSpecReply.Failed(GlusterErrno.NoEntry).Encode();
    private static readonly ReadOnlyMemory<byte> s_access = GetSpecReply.Failed(GlusterErrno.Access).Encode();
    private static readonly ReadOnlyMemory<byte> s_invalid = GetSpecReply.Failed(GlusterErrno.Invalid).Encode();

    private readonly RateLimitedCount _fetched = new();
    private readonly RateLimitedCount _refused = new();

    /// <summary>The programs of a volfile connection.</summary>
    /// <returns>A table that answers from this service.</returns>
    internal RpcProgramTable CreatePrograms() => new(
        new GetSpecProcedure(GetSpec),
        new PingProcedure(GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion, GlusterPrograms.HandshakePing),
        new GetVolumeInfoProcedure(FindVolumeId),
        new DumpProcedure(
            new ProgramDetail("GF-DUMP", GlusterPrograms.Dump, GlusterPrograms.DumpVersion),
            new ProgramDetail("Gluster Portmap", GlusterPrograms.Portmap, GlusterPrograms.PortmapVersion),
            new ProgramDetail("Gluster Handshake", GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion)),
        new PingProcedure(GlusterPrograms.Dump, GlusterPrograms.DumpVersion, GlusterPrograms.DumpPing),
        new PortByBrickProcedure(FindPort));

    private ReadOnlyMemory<byte> GetSpec(RpcPeer peer, GetSpecCall call)
    {
        (StoredVolfile? volfile, int errno, string reason) = Decide((VolfilePeer)peer, call.Key);
        accessLog?.Add(new AccessRecord(
            DateTime.UtcNow, peer.Address, call.Key, errno, volfile?.Length ?? 0, volfile?.Hash, Versions(call.Xdata), call.Xdata.GetString("brick_name")));
        if (volfile is null)
        {
            Refused(peer, call.Key, errno, reason);
            return errno switch
            {
                GlusterErrno.Access => s_access,
                GlusterErrno.Invalid => s_invalid,
                _ => s_noEntry,
            };
        }

        ((VolfilePeer)peer).Remember(volfile);
        if (_fetched.Add() is { } count)
        {
            FsdLog.VolfileFetched(logger, peer.Address, volfile.Key, volfile.Length, count);
        }

        return (call.Flags & GetSpecCall.WantsServers) != 0 ? volfile.ReplyWithServers : volfile.Reply;
    }

    private (StoredVolfile? Volfile, int Errno, string Reason) Decide(VolfilePeer peer, string sent)
    {
        if (!VolfileKey.TryNormalise(sent, out string key))
        {
            return (null, GlusterErrno.Invalid, "not a legal key");
        }

        // Another pool's volfile is none as far as this one's clients are concerned.
        if (store.Find(key) is not { } volfile || !pools.Has(volfile))
        {
            return (null, GlusterErrno.NoEntry, "there is no such volfile of a pool served here");
        }

        return ServedPools.MayHave(volfile, peer) ? (volfile, 0, "") : (null, GlusterErrno.Access, "it is for processes of this node only");
    }

    private static string? Versions(GlusterDict xdata) =>
        xdata.GetString("max-op-version") is { } highest ? $"{xdata.GetString("min-op-version")}-{highest}" : null;

    // A name of a pool is the key of its client volfile.
    private Guid? FindVolumeId(string name) =>
        VolfileKey.TryNormalise(name, out string key) && store.Find(key) is { IsUnit: false } volfile && pools.Has(volfile) ? volfile.VolumeId : null;

    private int? FindPort(string directory) =>
        store.Current.Values.FirstOrDefault(volfile => volfile.IsUnit && volfile.UnitDirectory == directory)?.UnitPort;

    // Anybody can cause this at will: counted, and one of them shown.
    private void Refused(RpcPeer peer, string key, int errno, string reason)
    {
        if (_refused.Add() is { } count)
        {
            string shown = key.Length <= VolfileKey.MaxLength ? key : key[..VolfileKey.MaxLength] + "…";
            FsdLog.VolfileRefused(logger, count, peer.Address, shown, errno, reason);
        }
    }
}

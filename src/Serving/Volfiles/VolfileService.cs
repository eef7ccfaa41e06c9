using System.Text;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Answers clients: volfiles, volume ids, ports.</summary>
/// <param name="store">The volfiles.</param>
/// <param name="pools">Which volfiles are given to which peers.</param>
/// <param name="accessLog">Records each fetch.</param>
/// <param name="logger">Gets fetches, at a limited rate.</param>
internal sealed class VolfileService(
    EventLoop loop, VolfileStore store, ServedPools pools, AccessLog accessLog, VolfileCounters counters, ILogger logger)
{
    private static readonly ReadOnlyMemory<byte> s_noEntry = GetSpecReply.Failed(GlusterErrno.NoEntry).Encode();
    private static readonly ReadOnlyMemory<byte> s_access = GetSpecReply.Failed(GlusterErrno.Access).Encode();
    private static readonly ReadOnlyMemory<byte> s_invalid = GetSpecReply.Failed(GlusterErrno.Invalid).Encode();

    // Most clients ask for what was asked for just before: all clients of a pool when its volfile has changed. For the line
    // "32 with 8 fetches in flight each" of make bench, as the two caches of VolfilePeer and GetSpecProcedure.
    private Found? _lastFound;

    private readonly RateLimitedCount _fetched = new();
    private readonly RateLimitedCount _refused = new();

    /// <summary>The programs of a volfile connection.</summary>
    /// <returns>The programs, answered by this service.</returns>
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

    private ReadOnlyMemory<byte> GetSpec(RpcPeer caller, GetSpecCall call)
    {
        // VolfileConnections makes the peers of all its connections.
        var peer = (VolfilePeer)caller;
        (StoredVolfile? volfile, int errno, string reason) = Decide(peer, call.Key.Span);
        accessLog.Add(new AccessRecord(
            loop.Now, peer.Address, call.Key, call.Xdata, errno, volfile?.Length ?? 0, volfile?.HashBytes ?? default));
        counters.CountFetch(errno);
        if (volfile is null)
        {
            Refused(peer, call.Key.Span, errno, reason);
            return errno switch
            {
                GlusterErrno.Access => s_access,
                GlusterErrno.Invalid => s_invalid,
                _ => s_noEntry,
            };
        }

        peer.Remember(volfile);
        if (_fetched.Add(loop.Tick) is { } count)
        {
            VolfileLog.VolfileFetched(logger, peer.Address, volfile.Key, volfile.Length, count);
        }

        return (call.Flags & GetSpecCall.WantsServers) != 0 ? volfile.ReplyWithServers(peer.Ip) : volfile.Reply;
    }

    private (StoredVolfile? Volfile, int Errno, string Reason) Decide(VolfilePeer peer, ReadOnlySpan<byte> sent)
    {
        StoredVolfile? volfile = Find(sent, out int errno);
        if (volfile is null)
        {
            return (null, errno,
                errno == GlusterErrno.Invalid ? "not a legal key" : "there is no such volfile of a pool served here");
        }

        return ServedPools.MayHave(volfile, peer)
            ? (volfile, 0, "")
            : (null, GlusterErrno.Access, "it is for processes of this node only");
    }

    private StoredVolfile? Find(ReadOnlySpan<byte> sent, out int errno)
    {
        errno = 0;
        IReadOnlyDictionary<string, StoredVolfile> volfiles = store.Current;
        if (_lastFound is { } last && ReferenceEquals(last.Among, volfiles) && sent.SequenceEqual(last.Sent))
        {
            return last.Volfile;
        }

        Span<char> room = stackalloc char[VolfileKey.MaxSent];
        if (!VolfileKey.TryNormalise(sent, room, out ReadOnlySpan<char> key))
        {
            errno = GlusterErrno.Invalid;
            return null;
        }

        // To clients of this pool another pool's volfile does not exist.
        if (store.Find(key) is not { } volfile || !pools.Has(volfile))
        {
            errno = GlusterErrno.NoEntry;
            return null;
        }

        _lastFound = new Found(sent.ToArray(), volfiles, volfile);
        return volfile;
    }

    // The name of a pool is the key of its client volfile.
    private Guid? FindVolumeId(string name) =>
        VolfileKey.TryNormalise(name, out string key) && store.Find(key) is { IsUnit: false } volfile && pools.Has(volfile)
            ? volfile.VolumeId : null;

    private int? FindPort(string directory) =>
        store.Current.Values.FirstOrDefault(volfile => volfile.IsUnit && volfile.UnitDirectory == directory)?.UnitPort;

    // Any peer can cause these: they are counted, and one of them is logged.
    private void Refused(RpcPeer peer, ReadOnlySpan<byte> key, int errno, string reason)
    {
        if (_refused.Add() is { } count)
        {
            string shown = key.Length <= VolfileKey.MaxSent
                ? Encoding.UTF8.GetString(key)
                : Encoding.UTF8.GetString(key[..VolfileKey.MaxSent]) + "…";
            VolfileLog.VolfileRefused(logger, count, peer.Address, shown, errno, reason);
        }
    }

    private sealed record Found(byte[] Sent, IReadOnlyDictionary<string, StoredVolfile> Among, StoredVolfile Volfile);
}

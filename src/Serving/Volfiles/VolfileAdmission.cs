using System.Net;
using System.Runtime.InteropServices;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Admits volfile connections: by address, by TLS, by number. On the event loop's thread.</summary>
/// <param name="admits">Whether an address may connect; called before anything is read.</param>
/// <param name="tls">Remains the caller's.</param>
public sealed class VolfileAdmission(
    EventLoop loop, Func<IPAddress?, bool> admits, VolfileTls tls, ConnectionOptions options, ILogger logger)
{
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly RateLimitedCount _tooMany = new();
    private readonly RateLimitedCount _denied = new();
    private readonly RateLimitedCount _plain = new();
    private readonly RateLimitedCount _notEncrypted = new();
    private int _count;

    /// <summary>The number of open connections. From any thread.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Admits a connection, or closes it. Uses TLS if the peer's first bytes, which have arrived already, are TLS.
    /// </summary>
    /// <param name="fd">A connected, non-blocking socket; owned from here on.</param>
    /// <returns>The connection, counted until <see cref="Leave"/>; null where it was closed.</returns>
    internal ITransport? Enter(int fd, VolfilePeer peer) => Enter(fd, peer, () => Open(fd, peer));

    /// <summary>Admits a client that the graph's TLS has authenticated already.</summary>
    /// <param name="fd">A socket with the decrypted bytes; owned from here on.</param>
    /// <param name="name">The common name in its certificate.</param>
    /// <returns>As for <see cref="Enter(int, VolfilePeer)"/>.</returns>
    internal ITransport? EnterRelayed(int fd, VolfilePeer peer, string name) =>
        Enter(fd, peer, () => OpenRelayed(fd, peer, name));

    /// <summary>Counts a connection that has ended.</summary>
    internal void Leave(VolfilePeer peer)
    {
        _count--;
        if (peer.Ip is { } address && --CollectionsMarshal.GetValueRefOrNullRef(_perAddress, address) == 0)
        {
            _perAddress.Remove(address);
        }
    }

    private ITransport? Enter(int fd, VolfilePeer peer, Func<ITransport?> open)
    {
        if (!admits(peer.Ip))
        {
            Report(_denied, count => VolfileLog.AddressesDenied(logger, count, peer.Address));
        }
        else if (open() is { } transport)
        {
            if (TryCount(peer.Ip))
            {
                return transport;
            }

            Report(_tooMany, count => VolfileLog.TooManyVolfileConnections(logger, count, peer.Address));
            transport.Dispose();
            return null;
        }

        RawSocket.Close(fd);
        return null;
    }

    private ITransport? Open(int fd, VolfilePeer peer)
    {
        if (!IsTls(fd))
        {
            if (tls.IsRequired && peer.Ip is not null)
            {
                Report(_plain, count => VolfileLog.PlainRefused(logger, count, peer.Address));
                return null;
            }

            return new LoopSocket(loop, fd);
        }

        if (tls.TryAccept(out string problem) is { } session)
        {
            return new TlsTransport(loop, fd, session, tls.Refuse, reason => ReportTls(peer, reason));
        }

        ReportTls(peer, problem);
        return null;
    }

    private LoopSocket? OpenRelayed(int fd, VolfilePeer peer, string name)
    {
        if (tls.Refuse(name) is not { } reason)
        {
            return new LoopSocket(loop, fd);
        }

        ReportTls(peer, reason);
        return null;
    }

    private void ReportTls(VolfilePeer peer, string reason) =>
        Report(_notEncrypted, count => VolfileLog.TlsRefused(logger, count, peer.Address, reason));

    private static bool IsTls(int fd)
    {
        Span<byte> first = stackalloc byte[RpcLimits.CallPrefix];
        RawSocket.Peek(fd, first, out int count);
        return CallPrefix.Inspect(first[..count]).Kind == CallPrefixKind.Tls;
    }

    // Any peer can cause these: they are counted, and one of them is logged.
    private static void Report(RateLimitedCount counter, Action<long> log)
    {
        if (counter.Add() is { } count)
        {
            log(count);
        }
    }

    private bool TryCount(IPAddress? address)
    {
        if (_count >= options.MaxVolfileConnections)
        {
            return false;
        }

        if (address is not null)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_perAddress, address, out _);
            if (count >= options.MaxPerAddress)
            {
                return false;
            }

            count++;
        }

        _count++;
        return true;
    }
}

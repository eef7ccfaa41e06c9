using System.Net;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

// The connections of the graph's server.
public sealed partial class GlusterContext
{
    /// <summary>Limits the connections that are taken from now on.</summary>
    /// <param name="limits">How many there may be.</param>
    public unsafe void LimitConnections(GraphConnectionLimits limits)
    {
        var native = new Kfsd.NativeConnectionLimits
        {
            Total = limits.Total,
            PerAddress = limits.PerAddress,
            Handshakes = limits.Handshakes
        };
        Kfsd.LimitConnections(Handle, &native);
    }

    /// <summary>Counts the connections.</summary>
    public unsafe GraphConnectionCounts CountConnections()
    {
        Kfsd.NativeConnectionCounts counts;
        Kfsd.CountConnections(Handle, &counts);
        return new GraphConnectionCounts(
            counts.Open, counts.Handshakes, counts.RefusedTotal, counts.RefusedPerAddress, counts.ClosedLate,
            counts.ClosedForOthers, counts.RefusedRecords);
    }

    /// <summary>Closes connections whose client has not been let in in time.</summary>
    /// <param name="timeout">How long that may take from the adoption.</param>
    /// <returns>How many others have a client that has not been let in.</returns>
    public int ExpireConnections(TimeSpan timeout) => Kfsd.ExpireConnections(Handle, (long)timeout.TotalMilliseconds);

    /// <summary>Keeps descriptors from the files that clients open: once so many are in use they get EMFILE.</summary>
    /// <param name="line">The lowest descriptor that no client's file may have.</param>
    public static void ReserveDescriptors(int line) => Kfsd.ReserveDescriptors(line);

    /// <summary>
    /// Takes the oldest client that asks for volfiles inside of the graph's TLS, and that nobody has taken. To be called until
    /// there is none, whenever the graph tells of one, and when it tells that events were lost.
    /// </summary>
    public unsafe bool TryTakeRelay(out RelayClient client)
    {
        Kfsd.NativeRelayClient native;
        if (NativeText.Check(Kfsd.TakeRelay(Handle, &native)) == 0)
        {
            client = default;
            return false;
        }

        IPEndPoint? peer = IPAddress.TryParse(NativeText.Read(native.Address), out IPAddress? address)
            ? new IPEndPoint(address, (int)native.Port) : null;
        client = new RelayClient(native.Fd, peer, NativeText.Read(native.Name));
        return true;
    }
}

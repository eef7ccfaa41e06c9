using System.Net;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

// The connections of the graph's server.
public sealed partial class GlusterContext
{
    /// <summary>Sets the limits for new connections.</summary>
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

    /// <summary>Closes connections whose client was not authenticated in time.</summary>
    /// <param name="timeout">The time since the connection was passed to the graph.</param>
    /// <returns>How many other connections have a client that is not authenticated yet.</returns>
    public int ExpireConnections(TimeSpan timeout) => Kfsd.ExpireConnections(Handle, (long)timeout.TotalMilliseconds);

    /// <summary>Reserves descriptors: clients' files get EMFILE from this number on.</summary>
    /// <param name="line">The lowest descriptor that no client's file may have.</param>
    public static void ReserveDescriptors(int line) => Kfsd.ReserveDescriptors(line);

    /// <summary>
    /// Takes the oldest client that asks for a volfile inside the graph's TLS. To be called until there is none, whenever the
    /// graph reports one or reports that events were lost.
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

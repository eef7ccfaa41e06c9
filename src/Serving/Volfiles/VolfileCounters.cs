using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Counters since the start. Each is written by one thread and read by any.</summary>
public sealed class VolfileCounters
{
    private long _given;
    private long _missing;
    private long _denied;
    private long _illegal;
    private long _notified;

    /// <summary>Volfiles that were sent.</summary>
    public long Given => Volatile.Read(ref _given);

    /// <summary>Fetches of volfiles that do not exist.</summary>
    public long Missing => Volatile.Read(ref _missing);

    /// <summary>Fetches of volfiles that only processes of this node may have.</summary>
    public long Denied => Volatile.Read(ref _denied);

    /// <summary>Fetches with an illegal key.</summary>
    public long Illegal => Volatile.Read(ref _illegal);

    /// <summary>Connections that were notified of a change.</summary>
    public long Notified => Volatile.Read(ref _notified);

    /// <summary>Counts a fetch.</summary>
    /// <param name="errno">The errno of the reply; 0 where the volfile was sent.</param>
    internal void CountFetch(int errno)
    {
        ref long count = ref errno == 0
            ? ref _given
            : ref errno == GlusterErrno.Access
            ? ref _denied
            : ref errno == GlusterErrno.Invalid ? ref _illegal : ref _missing;
        Volatile.Write(ref count, count + 1);
    }

    /// <summary>Counts connections that are notified of a change.</summary>
    internal void CountNotified(int count) => Interlocked.Add(ref _notified, count);
}

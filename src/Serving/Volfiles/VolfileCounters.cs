using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>How often what happened since the start. Counted on one thread each, read on any.</summary>
public sealed class VolfileCounters
{
    private long _given;
    private long _missing;
    private long _denied;
    private long _illegal;
    private long _notified;

    /// <summary>Volfiles that were given.</summary>
    public long Given => Volatile.Read(ref _given);

    /// <summary>Fetches of what is not there.</summary>
    public long Missing => Volatile.Read(ref _missing);

    /// <summary>Fetches of what is for processes of this node.</summary>
    public long Denied => Volatile.Read(ref _denied);

    /// <summary>Fetches with an illegal key.</summary>
    public long Illegal => Volatile.Read(ref _illegal);

    /// <summary>Connections that were told of a change.</summary>
    public long Notified => Volatile.Read(ref _notified);

    /// <summary>Counts a fetch.</summary>
    /// <param name="errno">What was answered; 0 where the volfile was given.</param>
    internal void CountFetch(int errno)
    {
        ref long count = ref errno == 0
            ? ref _given
            : ref errno == GlusterErrno.Access
            ? ref _denied
            : ref errno == GlusterErrno.Invalid ? ref _illegal : ref _missing;
        Volatile.Write(ref count, count + 1);
    }

    /// <summary>Counts connections that are told of a change.</summary>
    internal void CountNotified(int count) => Interlocked.Add(ref _notified, count);
}

using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

/// <summary>
/// GlusterFS inside this process: its context and, once started, one graph. All members may be used from any thread. It lives as
/// long as the process: libglusterfs cannot be torn down, so there is nothing to dispose.
/// </summary>
public sealed partial class GlusterContext
{
    private nint _context;

    /// <summary>Whether there is one in this process, with threads of its own.</summary>
    public static bool IsCreated { get; private set; }

    private nint Handle => _context != 0 ? _context : throw new InvalidOperationException("the context has not been opened");

    /// <summary>A descriptor that can be read while events wait. To be watched only; it stays the context's.</summary>
    public int EventFd => Kfsd.GetEventFd(Handle);

    /// <summary>File operations in progress in the graph, ones that wait for a lock included.</summary>
    public long OperationsInProgress => Kfsd.GetOperationsInProgress(Handle);

    /// <summary>Creates the process's context. Nothing else can be done before.</summary>
    /// <param name="logFile">Path of the log, created with its directory; <c>-</c> for standard error.</param>
    /// <param name="level">The least serious level that is logged.</param>
    /// <param name="volfileId">Name of the volfile, as translators report it.</param>
    /// <exception cref="GraphException">There is one already, GlusterFS is another version, or the log cannot be
    /// opened.</exception>
    public void Open(GlusterLibrary library, string logFile, GlusterLogLevel level, string volfileId)
    {
        ArgumentNullException.ThrowIfNull(library);
        NativeText.Check(Kfsd.CreateContext(logFile, (int)level, volfileId, out nint context));
        IsCreated = true;
        _context = context;
    }

    /// <summary>Builds a graph and brings it up.</summary>
    /// <param name="volfile">Text of a volfile whose server listens on <paramref name="listenPath"/>.</param>
    /// <param name="listenPath">A path in a directory of the caller's; nothing is left there afterwards.</param>
    /// <exception cref="GraphException">It did not come up; the log has the reason. This context is of no further use
    /// then.</exception>
    public unsafe void StartGraph(string volfile, string listenPath)
    {
        byte[] text = Encoding.UTF8.GetBytes(volfile);
        fixed (byte* bytes = text)
        {
            NativeText.Check(Kfsd.StartGraph(Handle, bytes, text.Length, listenPath));
        }
    }

    /// <summary>
    /// Builds a graph that is a client of storage units, and starts it. Does not wait for the units; events tell of each.
    /// </summary>
    /// <param name="volfile">Text of a volfile without a server.</param>
    /// <exception cref="GraphException">It did not come up; the log has the reason. This context is of no further use
    /// then.</exception>
    public unsafe void StartClientGraph(string volfile)
    {
        byte[] text = Encoding.UTF8.GetBytes(volfile);
        fixed (byte* bytes = text)
        {
            NativeText.Check(Kfsd.StartClientGraph(Handle, bytes, text.Length));
        }
    }

    /// <summary>Proves that a socket given to <see cref="Adopt"/> is served.</summary>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <exception cref="GraphException">It is not.</exception>
    public void ProveAdoption(TimeSpan timeout) => NativeText.Check(Kfsd.ProveAdoption(Handle, (int)timeout.TotalMilliseconds));

    /// <summary>Proves that a client would be let in.</summary>
    /// <param name="timeout">How long to wait for the graph to come up.</param>
    /// <exception cref="GraphException">None would.</exception>
    public void ProveSetVolume(TimeSpan timeout) => NativeText.Check(Kfsd.ProveSetVolume(Handle, (int)timeout.TotalMilliseconds));

    /// <summary>Gives a connected, non-blocking socket to the graph's server, unread.</summary>
    /// <param name="fd">The socket. On success it is GlusterFS's to close; when this throws it is still the caller's.</param>
    /// <param name="isNode">Whether the peer is a node of the pool, for which the limit of all connections does not
    /// count.</param>
    /// <exception cref="GraphException">The peer is gone, there are too many connections, or the server cannot take more right
    /// now.</exception>
    public void Adopt(int fd, bool isNode) => NativeText.Check(Kfsd.Adopt(Handle, fd, isNode ? 1 : 0));

    /// <summary>Takes the oldest waiting event.</summary>
    public unsafe bool TryTakeEvent(out GraphEvent graphEvent)
    {
        byte* text = stackalloc byte[Kfsd.TextMax];
        if (NativeText.Check(Kfsd.TakeEvent(Handle, out int kind, text, Kfsd.TextMax)) == 0)
        {
            graphEvent = default;
            return false;
        }

        graphEvent = new GraphEvent((GraphEventKind)kind, NativeText.Read(text));
        return true;
    }

    /// <summary>Writes a line to the log, in GlusterFS's format and in order with the translators' lines.</summary>
    /// <param name="messageId">Number of the message; 0 for none.</param>
    /// <param name="domain">What part of the process speaks.</param>
    /// <param name="source">Where in the program, such as a class.</param>
    /// <param name="name">Where in it, such as the message's name.</param>
    public void Log(GlusterLogLevel level, int messageId, string domain, string source, string name, string message) =>
        Kfsd.Log(Handle, (int)level, messageId, domain, source, name, message);

    /// <summary>Gives the running graph the options of another volfile. One call at a time.</summary>
    /// <param name="volfile">Text of a volfile whose server, if any, listens where the running one does.</param>
    /// <returns>False when it needs a new graph, because its translators are others; nothing was changed then.</returns>
    /// <exception cref="GraphException">
    /// It is wrong, and nothing was changed; or (EIO) a translator refused its options when others had taken theirs.</exception>
    public unsafe bool Reconfigure(string volfile)
    {
        byte[] text = Encoding.UTF8.GetBytes(volfile);
        fixed (byte* bytes = text)
        {
            return NativeText.Check(Kfsd.ReconfigureGraph(Handle, bytes, text.Length)) == 0;
        }
    }

    /// <summary>Writes GlusterFS's statedump.</summary>
    /// <param name="directory">Where to; null for its usual place.</param>
    public void WriteStatedump(string? directory = null) => Kfsd.WriteStatedump(Handle, directory);

    /// <summary>Sets the least serious level that is logged.</summary>
    public void SetLogLevel(GlusterLogLevel level) => NativeText.Check(Kfsd.SetLogLevel(Handle, (int)level));

    /// <summary>Sets how log lines are written.</summary>
    public void SetLogFormat(GlusterLogFormat format) => Kfsd.SetLogFormat(Handle, (int)format);

    /// <summary>Limits how many lines one place in the translators' source may write in ten seconds.</summary>
    /// <param name="lines">How many; 0 for no limit.</param>
    public void SetLogLimit(int lines) => Kfsd.SetLogLimit(Handle, lines);

    /// <summary>Has a record written when the process dies of a signal. To be called once.</summary>
    /// <param name="path">The record's file, at most 511 bytes of UTF-8.</param>
    /// <param name="heading">Lines that go into it.</param>
    /// <exception cref="GraphException">The path is too long.</exception>
    public static void KeepLastWords(string path, string heading) => NativeText.Check(Kfsd.KeepLastWords(path, heading));

    /// <summary>Has the log opened anew before its next line.</summary>
    public void ReopenLog() => Kfsd.ReopenLog(Handle);

    /// <summary>Writes out what the log still holds back; right before the process ends.</summary>
    public void FinishLog() => Kfsd.FinishLog(Handle);

    /// <summary>
    /// Stops reading requests and waits until those in progress are answered; a graph without a server has nothing to wait for.
    /// The graph cannot be used again.
    /// </summary>
    /// <param name="timeout">How long to wait at most.</param>
    /// <exception cref="GraphException">Some were still in progress then; the message says how many.</exception>
    public void Quiesce(TimeSpan timeout) => NativeText.Check(Kfsd.Quiesce(Handle, (int)timeout.TotalMilliseconds));

    /// <summary>Has <see cref="Quiesce"/> end without waiting any longer, now or when it begins. From any thread.</summary>
    public void CutQuiesceShort() => Kfsd.CutQuiesceShort(Handle);
}

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

    /// <summary>Whether this process has a context, with threads of its own.</summary>
    public static bool IsCreated { get; private set; }

    private nint Handle => _context != 0 ? _context : throw new InvalidOperationException("the context has not been opened");

    /// <summary>A descriptor that is readable while events wait. To be watched only; owned by the context.</summary>
    public int EventFd => Kfsd.GetEventFd(Handle);

    /// <summary>File operations in progress in the graph, ones that wait for a lock included.</summary>
    public long OperationsInProgress => Kfsd.GetOperationsInProgress(Handle);

    /// <summary>Creates the process's context. Must be called before anything else.</summary>
    /// <param name="logFile">Path of the log, created with its directory; <c>-</c> for standard error.</param>
    /// <param name="level">The least serious level that is logged.</param>
    /// <param name="volfileId">Name of the volfile, as translators report it.</param>
    /// <exception cref="GraphException">There is a context already, GlusterFS has another version, or the log cannot be
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
    /// <param name="listenPath">A path in a directory of the caller; nothing is left there afterwards.</param>
    /// <exception cref="GraphException">It did not come up; the log has the reason. The context cannot be used any
    /// more.</exception>
    public unsafe void StartGraph(string volfile, string listenPath)
    {
        byte[] text = Encoding.UTF8.GetBytes(volfile);
        fixed (byte* bytes = text)
        {
            NativeText.Check(Kfsd.StartGraph(Handle, bytes, text.Length, listenPath));
        }
    }

    /// <summary>
    /// Builds and starts a graph that is a client of storage units. Does not wait for the units; events report each.
    /// </summary>
    /// <param name="volfile">Text of a volfile without a server.</param>
    /// <exception cref="GraphException">It did not come up; the log has the reason. The context cannot be used any
    /// more.</exception>
    public unsafe void StartClientGraph(string volfile)
    {
        byte[] text = Encoding.UTF8.GetBytes(volfile);
        fixed (byte* bytes = text)
        {
            NativeText.Check(Kfsd.StartClientGraph(Handle, bytes, text.Length));
        }
    }

    /// <summary>Proves that a connection passed to <see cref="Adopt"/> is served.</summary>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <exception cref="GraphException">It is not served.</exception>
    public void ProveAdoption(TimeSpan timeout) => NativeText.Check(Kfsd.ProveAdoption(Handle, (int)timeout.TotalMilliseconds));

    /// <summary>Proves that a client would be authenticated.</summary>
    /// <param name="timeout">How long to wait for the graph to come up.</param>
    /// <exception cref="GraphException">It would not.</exception>
    public void ProveSetVolume(TimeSpan timeout) => NativeText.Check(Kfsd.ProveSetVolume(Handle, (int)timeout.TotalMilliseconds));

    /// <summary>Passes a connected, non-blocking socket, of which nothing has been read, to the graph's server.</summary>
    /// <param name="fd">The socket. GlusterFS owns it on success; the caller owns it when this throws.</param>
    /// <param name="isNode">Whether the peer is a node of the pool, which the limit of all connections does not apply to.</param>
    /// <exception cref="GraphException">The peer is gone, there are too many connections, or the server cannot take more at
    /// present.</exception>
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
    /// <param name="domain">The part of the process, as GlusterFS's lines have it.</param>
    /// <param name="source">The source, such as a class.</param>
    /// <param name="name">The name of the message.</param>
    public void Log(GlusterLogLevel level, int messageId, string domain, string source, string name, string message) =>
        Kfsd.Log(Handle, (int)level, messageId, domain, source, name, message);

    /// <summary>Reconfigures the running graph with the options of another volfile. One call at a time.</summary>
    /// <param name="volfile">Text of a volfile whose server, if any, listens where the running one does.</param>
    /// <returns>False if it has other translators, and so needs a restart; nothing was changed then.</returns>
    /// <exception cref="GraphException">It is invalid, and nothing was changed; or (EIO) a translator rejected its options when
    /// others had taken theirs.</exception>
    public unsafe bool Reconfigure(string volfile)
    {
        byte[] text = Encoding.UTF8.GetBytes(volfile);
        fixed (byte* bytes = text)
        {
            return NativeText.Check(Kfsd.ReconfigureGraph(Handle, bytes, text.Length)) == 0;
        }
    }

    /// <summary>Writes GlusterFS's statedump.</summary>
    /// <param name="directory">The directory; null for GlusterFS's usual one.</param>
    public void WriteStatedump(string? directory = null) => Kfsd.WriteStatedump(Handle, directory);

    /// <summary>Sets the least serious level that is logged.</summary>
    public void SetLogLevel(GlusterLogLevel level) => NativeText.Check(Kfsd.SetLogLevel(Handle, (int)level));

    /// <summary>Sets how log lines are written.</summary>
    public void SetLogFormat(GlusterLogFormat format) => Kfsd.SetLogFormat(Handle, (int)format);

    /// <summary>Limits how many lines one call site of the translators may log in ten seconds.</summary>
    /// <param name="lines">The limit; 0 for none.</param>
    public void SetLogLimit(int lines) => Kfsd.SetLogLimit(Handle, lines);

    /// <summary>Has a crash report written when the process dies of a signal. To be called once.</summary>
    /// <param name="path">The report's file, at most 511 bytes of UTF-8.</param>
    /// <param name="heading">Lines that go into it.</param>
    /// <exception cref="GraphException">The path is too long.</exception>
    public static void ReportCrashes(string path, string heading) => NativeText.Check(Kfsd.ReportCrashes(path, heading));

    /// <summary>Reopens the log before its next line.</summary>
    public void ReopenLog() => Kfsd.ReopenLog(Handle);

    /// <summary>Flushes the log, right before the process ends.</summary>
    public void FinishLog() => Kfsd.FinishLog(Handle);

    /// <summary>
    /// Stops reading requests and waits until those in progress are answered; a graph without a server has none. The graph cannot
    /// be used afterwards.
    /// </summary>
    /// <param name="timeout">The longest wait.</param>
    /// <exception cref="GraphException">Requests were still in progress after that time; the message has their
    /// number.</exception>
    public void Quiesce(TimeSpan timeout) => NativeText.Check(Kfsd.Quiesce(Handle, (int)timeout.TotalMilliseconds));

    /// <summary>Ends the wait of <see cref="Quiesce"/>, now or when it begins. From any thread.</summary>
    public void CutQuiesceShort() => Kfsd.CutQuiesceShort(Handle);
}

using System.Runtime.InteropServices;

namespace KadaluFsd.Linux;

/// <summary>
/// Imports that Tmds.LibC lacks, and two calls that are so frequent that its storing of errno after each shows: for these <see
/// cref="Marshal.GetLastSystemError"/> has it right after a failed call. Imports that set the last error keep it for <see
/// cref="SystemCall"/>.
/// </summary>
internal static partial class Libc
{
    internal const int LockExclusive = 2;

    internal const int LockNonBlocking = 4;

    internal const int NotifyNonBlockingCloseOnExec = 0x800 | 0x80000;

    internal const uint NotifyModify = 0x2;

    internal const uint NotifyCloseWrite = 0x8;

    internal const uint NotifyMovedFrom = 0x40;

    internal const uint NotifyMovedTo = 0x80;

    internal const uint NotifyDelete = 0x200;

    internal const uint NotifyOnlyDirectory = 0x100_0000;

    [LibraryImport("libc.so.6", EntryPoint = "recv")]
    internal static unsafe partial nint Receive(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "send")]
    internal static unsafe partial nint Send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Flock(int fd, int operation);

    [LibraryImport("libc.so.6", EntryPoint = "inotify_init1")]
    internal static partial int NotifyInit(int flags);

    [LibraryImport("libc.so.6", EntryPoint = "inotify_add_watch", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int NotifyAddWatch(int fd, string path, uint mask);

    /// <summary>PRIO_PROCESS; with 0 for which one, the calling thread.</summary>
    internal const int PrioProcess = 0;

    internal const int ResourceDescriptors = 7;

    [LibraryImport("libc.so.6", EntryPoint = "getrlimit64")]
    internal static unsafe partial int GetResourceLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc.so.6", EntryPoint = "setrlimit64")]
    internal static unsafe partial int SetResourceLimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc.so.6", EntryPoint = "_exit")]
    internal static partial void EndAtOnce(int code);

    [LibraryImport("libc.so.6", EntryPoint = "setpriority")]
    internal static partial int SetPriority(int which, uint who, int priority);

    [LibraryImport("libc.so.6", EntryPoint = "getdents64")]
    internal static unsafe partial nint GetDirectoryEntries(int fd, byte* buffer, nint size);

    [LibraryImport("libc.so.6", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Rename(string path, string name);

    /// <summary>struct rlimit64; no limit is the highest number.</summary>
    internal struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }

    internal const int GetRecordLock = 5;

    internal const int SetRecordLock = 6;

    internal const short WriteLock = 1;

    internal const short NoLock = 2;

    internal const int SignalHangUp = 1;

    internal const int SignalTerminate = 15;

    internal const short PollIn = 1;

    [LibraryImport("libc.so.6", EntryPoint = "fcntl", SetLastError = true)]
    internal static unsafe partial int ControlRecordLock(int fd, int command, RecordLockRange* range);

    [LibraryImport("libc.so.6", EntryPoint = "pidfd_open", SetLastError = true)]
    internal static partial int OpenProcess(int process, uint flags);

    [LibraryImport("libc.so.6", EntryPoint = "pidfd_send_signal", SetLastError = true)]
    internal static partial int SignalProcess(int process, int signal, nint information, uint flags);

    [LibraryImport("libc.so.6", EntryPoint = "poll", SetLastError = true)]
    internal static unsafe partial int Poll(PollTarget* targets, nuint count, int milliseconds);

    /// <summary>struct flock, with 64 bits for offsets. From 0 for 0 bytes is the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RecordLockRange
    {
        internal short Kind;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int Process;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollTarget
    {
        internal int Fd;
        internal short Wanted;
        internal short Happened;
    }
}

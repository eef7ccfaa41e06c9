using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

/// <summary>What Tmds.LibC does not have.</summary>
internal static partial class Libc
{
    /// <summary>LOCK_EX.</summary>
    internal const int LockExclusive = 2;

    /// <summary>LOCK_NB.</summary>
    internal const int LockNonBlocking = 4;

    [LibraryImport("libc.so.6", EntryPoint = "flock")]
    internal static partial int Flock(int fd, int operation);
}

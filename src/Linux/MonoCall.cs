using System.Runtime.InteropServices;

namespace KadaluFsd.Linux;

/// <summary>What came of a call of Mono.Posix, which leaves errno where the runtime keeps it for calls into libraries.</summary>
internal static class MonoCall
{
    /// <summary>Takes the error, right after the call.</summary>
    /// <param name="result">What the call returned; negative where it failed.</param>
    /// <returns>The error, or none.</returns>
    internal static Errno ErrorOf(long result) => result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
}

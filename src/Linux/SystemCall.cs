using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>The result of a call of Tmds.LibC or Mono.Posix, or of an import that sets the last error.</summary>
internal static class SystemCall
{
    /// <summary>Reads errno, right after the call.</summary>
    /// <param name="result">The call's result; negative where it failed.</param>
    /// <returns>The error, or none.</returns>
    internal static Errno ErrorOf(long result) => result < 0 ? (Errno)LibC.errno : Errno.None;
}

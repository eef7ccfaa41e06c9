using System.Globalization;
using Mono.Unix.Native;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>Whether what is written to standard error goes to systemd's journal (JOURNAL_STREAM, systemd.exec(5)).</summary>
internal static class JournalStream
{
    private const int StandardError = 2;

    /// <summary>Looks.</summary>
    /// <returns>Whether it does.</returns>
    internal static bool IsStandardError() =>
        Syscall.fstat(StandardError, out Stat status) == 0 &&
        Environment.GetEnvironmentVariable("JOURNAL_STREAM") == string.Create(CultureInfo.InvariantCulture, $"{status.st_dev}:{status.st_ino}");
}

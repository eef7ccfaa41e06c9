using System.Globalization;
using KadaluFsd.Linux;
using Microsoft.Win32.SafeHandles;

namespace KadaluFsd.Hosting;

/// <summary>Whether standard error goes to systemd's journal (JOURNAL_STREAM, systemd.exec(5)).</summary>
public static class JournalStream
{
    private static readonly SafeFileHandle s_standardError = new(2, ownsHandle: false);

    /// <summary>Looks.</summary>
    public static bool IsStandardError() =>
        FileStatus.Read(s_standardError, out FileStatus status) == Errno.None &&
        Environment.GetEnvironmentVariable("JOURNAL_STREAM") == string.Create(
            CultureInfo.InvariantCulture, $"{status.Device}:{status.Inode}");
}

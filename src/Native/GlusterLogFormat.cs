namespace KadaluFsd.Native;

/// <summary>How log lines are written: KFSD_LOG_* of native/include/kfsd.h.</summary>
public enum GlusterLogFormat
{
    /// <summary>GlusterFS's own format.</summary>
    Text = 0,

    /// <summary>A JSON object on each line.</summary>
    Json = 1,

    /// <summary>The same after the line's priority in angle brackets, which systemd's journal removes (sd-daemon(3)).</summary>
    JsonForJournal = 2,
}

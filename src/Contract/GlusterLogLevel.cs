namespace KadaluFsd.Contract;

/// <summary>gf_loglevel_t of glusterfs/logging.h.</summary>
public enum GlusterLogLevel
{
    /// <summary>GF_LOG_CRITICAL, shown as C.</summary>
    Critical = 3,

    /// <summary>GF_LOG_ERROR, shown as E.</summary>
    Error = 4,

    /// <summary>GF_LOG_WARNING, shown as W.</summary>
    Warning = 5,

    /// <summary>GF_LOG_NOTICE, shown as N.</summary>
    Notice = 6,

    /// <summary>GF_LOG_INFO, shown as I.</summary>
    Info = 7,

    /// <summary>GF_LOG_DEBUG, shown as D.</summary>
    Debug = 8,

    /// <summary>GF_LOG_TRACE, shown as T.</summary>
    Trace = 9,
}

namespace KadaluFsd.Hosting.Logging;

/// <summary>The format of log lines.</summary>
public enum LogFormat
{
    /// <summary>Text, one line each.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

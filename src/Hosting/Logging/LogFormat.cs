namespace KadaluFsd.Hosting.Logging;

/// <summary>How lines of a log are written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

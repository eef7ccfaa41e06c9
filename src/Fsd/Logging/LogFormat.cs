namespace KadaluFsd.Fsd.Logging;

/// <summary>How lines of a log are written.</summary>
internal enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

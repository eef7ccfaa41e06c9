using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Logging;

/// <summary>Where log lines end up. Any thread may write.</summary>
internal interface ILogOutput
{
    /// <summary>Writes a line.</summary>
    /// <param name="level">How serious it is.</param>
    /// <param name="messageId">Number of the message; 0 for none.</param>
    /// <param name="source">Where in the program, such as a class.</param>
    /// <param name="name">Where in it, such as the message's name.</param>
    /// <param name="message">The line.</param>
    void Write(GlusterLogLevel level, int messageId, string source, string name, string message);
}

/// <summary>The log that GlusterFS in this process writes: one file, one order with the translators' lines.</summary>
/// <param name="context">GlusterFS.</param>
internal sealed class GraphLogOutput(GlusterContext context) : ILogOutput
{
    /// <summary>What part of the process speaks, as GlusterFS shows it.</summary>
    internal const string Domain = "kadalu-fsd";

    /// <inheritdoc/>
    public void Write(GlusterLogLevel level, int messageId, string source, string name, string message) =>
        context.Log(level, messageId, Domain, source, name, message);
}

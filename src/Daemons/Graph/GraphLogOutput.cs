using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Graph;

/// <summary>The log of GlusterFS in this process: one file, in order with the translators' lines.</summary>
internal sealed class GraphLogOutput(GlusterContext context) : ILogOutput
{
    /// <inheritdoc/>
    public void Write(LogLine line) =>
        context.Log(line.Level, line.MessageId, LogLine.Domain, line.Source, line.Name, line.Message);
}

using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Serving.Events;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Whether a unit's event loop and its graph answer.</summary>
internal sealed class UnitCheck(EventLoop loop, GlusterContext context) : ILivenessCheck
{
    /// <inheritdoc/>
    public string? FindHanging(TimeSpan timeout)
    {
        if (!loop.Answers(timeout))
        {
            return "the event loop";
        }

        try
        {
            context.ProveAdoption(timeout);
            return null;
        }
        catch (GraphException exception)
        {
            // Without descriptors, or with a full queue, the graph does not hang: connected clients are served.
            return exception.IsTimeout ? $"the graph ({exception.Message})" : null;
        }
    }
}

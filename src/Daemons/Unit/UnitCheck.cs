using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Serving.Events;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Whether a unit's event loop and its graph move.</summary>
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
            // Being out of descriptors, or a full queue, is no hanging: those who are connected are served.
            return exception.IsSilence ? $"the graph ({exception.Message})" : null;
        }
    }
}

using KadaluFsd.Control;
using KadaluFsd.Hosting;

namespace KadaluFsd.Agent;

/// <summary>Makes sure that there is no agent on this node already: where there is one, that is all that is said.</summary>
/// <param name="options">Where its control socket is.</param>
internal sealed class AgentClaim(ControlOptions options) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        ControlSockets.ExpectFree(options);
        return Task.CompletedTask;
    }
}

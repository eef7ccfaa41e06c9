using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Hosting;

/// <summary>What a process with a graph does when it is asked to.</summary>
/// <param name="services">Its options, who asks it, whom it tells.</param>
/// <param name="context">The graph.</param>
/// <param name="logger">Told what is done.</param>
internal sealed class GraphRequests(DaemonServices services, GlusterContext context, ILogger logger)
{
    /// <summary>Does what was asked for while it runs.</summary>
    /// <param name="request">What.</param>
    /// <param name="reload">Reads everything again.</param>
    /// <param name="status">How the process is, in words.</param>
    internal void Handle(DaemonRequest request, GraphReload reload, string status)
    {
        switch (request)
        {
            case DaemonRequest.Reload:
                services.Notifier.Reloading();
                reload.Run();
                services.Notifier.Ready(status);
                break;
            case DaemonRequest.Statedump:
                context.WriteStatedump();
                ControlLog.StatedumpOrdered(logger);
                break;
        }
    }

    /// <summary>Has the graph end its work, within the time that it has for that. A second request to stop cuts that short.</summary>
    internal void Quiesce()
    {
        using CancellationTokenRegistration again = services.Requests.CutShortWanted.Register(context.CutQuiesceShort);
        try
        {
            context.Quiesce(services.Requests.StopTimeout ?? services.Options.StopTimeout);
        }
        catch (GraphException exception)
        {
            LifeLog.StoppedEarly(logger, exception.Message);
        }
    }
}

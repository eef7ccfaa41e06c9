using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Unit;

/// <summary>
/// Reads everything again that a unit was started with, while it serves: its log is opened anew, its volfile's options are applied to the
/// running graph, and its pool's volfiles are looked at. What is wrong changes nothing.
/// </summary>
/// <param name="options">Where everything is.</param>
/// <param name="library">Knows which translators are installed.</param>
/// <param name="context">The graph.</param>
/// <param name="running">What the unit was started with.</param>
/// <param name="listenPath">Where the graph's server was told to listen.</param>
/// <param name="volfiles">The pool's volfiles.</param>
/// <param name="logger">Told what came of it.</param>
internal sealed class UnitReload(
    DaemonOptions options, GlusterLibrary library, GlusterContext context, UnitPlan running, string listenPath, VolfileServer volfiles, ILogger logger)
{
    private readonly Lock _one = new();

    /// <summary>Does all of it. From any thread; one does it at a time.</summary>
    /// <returns>What came of it for the graph.</returns>
    internal ReloadResult Run()
    {
        lock (_one)
        {
            context.ReopenLog();
            FsdLog.Reloading(logger);
            ReloadResult result = ReloadGraph();
            volfiles.Reload();
            return result;
        }
    }

    private ReloadResult ReloadGraph()
    {
        try
        {
            UnitPlan plan = UnitPlan.Read(options, library);
            if (plan.Identity.Directory != running.Identity.Directory || plan.Identity.VolumeId != running.Identity.VolumeId)
            {
                return Refused("it is for another directory or volume now");
            }

            if (context.Reconfigure(plan.TextFor(listenPath)))
            {
                FsdLog.Reconfigured(logger, options.Volfile);
                return new ReloadResult("reconfigured", null);
            }

            FsdLog.NewGraphNeeded(logger, options.Volfile);
            return new ReloadResult("restart-needed", "the volfile has other translators than the running graph, or in another order");
        }
        catch (StartException exception)
        {
            return Refused(exception.Message);
        }
        catch (GraphException exception)
        {
            return Refused(exception.Message);
        }
    }

    private ReloadResult Refused(string reason)
    {
        FsdLog.ReloadRefused(logger, options.Volfile, reason);
        return new ReloadResult("refused", reason);
    }
}

/// <summary>What came of reading a unit's volfile again.</summary>
/// <param name="Graph"><c>reconfigured</c>, <c>restart-needed</c> or <c>refused</c>; the latter two have changed nothing.</param>
/// <param name="Reason">Why; null where there is nothing to say.</param>
internal sealed record ReloadResult(string Graph, string? Reason);

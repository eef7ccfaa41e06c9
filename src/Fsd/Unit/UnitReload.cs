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
    /// <summary>Does all of it.</summary>
    internal void Run()
    {
        context.ReopenLog();
        FsdLog.Reloading(logger);
        ReloadGraph();
        volfiles.Reload();
    }

    private void ReloadGraph()
    {
        try
        {
            UnitPlan plan = UnitPlan.Read(options, library);
            if (plan.Identity.Directory != running.Identity.Directory || plan.Identity.VolumeId != running.Identity.VolumeId)
            {
                FsdLog.ReloadRefused(logger, options.Volfile, "it is for another directory or volume now");
            }
            else if (context.Reconfigure(plan.TextFor(listenPath)))
            {
                FsdLog.Reconfigured(logger, options.Volfile);
            }
            else
            {
                FsdLog.NewGraphNeeded(logger, options.Volfile);
            }
        }
        catch (StartException exception)
        {
            FsdLog.ReloadRefused(logger, options.Volfile, exception.Message);
        }
        catch (GraphException exception)
        {
            FsdLog.ReloadRefused(logger, options.Volfile, exception.Message);
        }
    }
}

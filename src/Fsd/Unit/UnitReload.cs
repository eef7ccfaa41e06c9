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
    private UnitPlan _applied = running;

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
            if (plan.Identity.Directory != _applied.Identity.Directory || plan.Identity.VolumeId != _applied.Identity.VolumeId)
            {
                return Refused("it is for another directory or volume now");
            }

            if (context.Reconfigure(plan.TextFor(listenPath)))
            {
                _applied = plan;
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
        catch (GraphException exception) when (exception.IsPartial)
        {
            return PutBack(exception.Message);
        }
        catch (GraphException exception)
        {
            return Refused(exception.Message);
        }
    }

    // Some translators have their new options: all get their earlier ones again.
    private ReloadResult PutBack(string reason)
    {
        try
        {
            if (context.Reconfigure(_applied.TextFor(listenPath)))
            {
                return Refused($"{reason}; the earlier options were put back");
            }
        }
        catch (GraphException exception)
        {
            reason = $"{reason}; the earlier options could not be put back: {exception.Message}";
        }

        FsdLog.ReloadRefused(logger, options.Volfile, reason);
        return new ReloadResult("partly-applied", reason);
    }

    private ReloadResult Refused(string reason)
    {
        FsdLog.ReloadRefused(logger, options.Volfile, reason);
        return new ReloadResult("refused", reason);
    }
}

/// <summary>What came of reading a unit's volfile again.</summary>
/// <param name="Graph">
/// <c>reconfigured</c>; <c>restart-needed</c> or <c>refused</c>, which have changed nothing; or <c>partly-applied</c>, where a translator
/// refused its options after others had taken theirs, and these could not be put back.
/// </param>
/// <param name="Reason">Why; null where there is nothing to say.</param>
internal sealed record ReloadResult(string Graph, string? Reason);

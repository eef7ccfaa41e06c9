using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Graph;

/// <summary>A process's life: its log, reloading, stopping.</summary>
/// <param name="graph">The process.</param>
internal sealed class LifeRoutes(RunningGraph graph)
{
    private const double MaxSeconds = 86400;
    private static readonly TimeSpan s_answersWithin = TimeSpan.FromSeconds(2);

    /// <summary>Maps what anybody may ask.</summary>
    /// <param name="routes">Where it is mapped.</param>
    internal void MapPublic(IEndpointRouteBuilder routes) =>
        routes.MapGet("/livez", ProbeLive).WithName("probeLive").ProducesText();

    /// <summary>Maps the others.</summary>
    /// <param name="routes">Where they are mapped.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/reload", Reload).WithName("reload");
        routes.MapGet("/v1/log", GetLog).WithName("getLog");
        routes.MapPut("/v1/log", SetLog).WithName("setLog");
        routes.MapPost("/v1/log/reopen", ReopenLog).WithName("reopenLog");
        routes.MapPost("/v1/stop", Stop).WithName("stop");
    }

    /// <summary>Reads how long something may take.</summary>
    /// <param name="request">What was sent; null for nothing.</param>
    /// <returns>How long; null where it does not say.</returns>
    /// <exception cref="BadHttpRequestException">It says something that is no such time.</exception>
    internal static TimeSpan? ReadDeadline(StopRequest? request) => request?.TimeoutSeconds switch
    {
        null => null,
        >= 0 and <= MaxSeconds and var seconds => TimeSpan.FromSeconds(seconds),
        _ => throw new BadHttpRequestException($"timeoutSeconds: from 0 to {MaxSeconds}"),
    };

    /// <summary>Whether the process moves.</summary>
    /// <response code="200">It does.</response>
    /// <response code="503">It does not; restart it.</response>
    internal Results<ContentHttpResult, Unavailable> ProbeLive() => graph.Loop.Answers(s_answersWithin)
        ? ControlAnswer.Text("ok\n")
        : new Unavailable("the event loop does not move");

    /// <summary>Reads the volfiles again, as SIGHUP does.</summary>
    /// <response code="200">What came of it.</response>
    internal ReloadResult Reload() => graph.Reload.Run();

    /// <summary>The log's level.</summary>
    internal LogSettings GetLog() => new(graph.Log.Level.ToString().ToUpperInvariant());

    /// <summary>Sets the log's level, until the process ends.</summary>
    /// <response code="422">It is no level.</response>
    internal Results<Ok<LogSettings>, UnprocessableEntity<ControlError>, BadRequest<ControlError>> SetLog(LogSettings wanted)
    {
        try
        {
            graph.Log.Set(DaemonOptionTable.Level(wanted.Level));
            return TypedResults.Ok(GetLog());
        }
        catch (FormatException exception)
        {
            return TypedResults.UnprocessableEntity(
                new ControlError($"level \"{wanted.Level}\" is not {exception.Message}"));
        }
    }

    /// <summary>Reopens the log's file, after it was moved away.</summary>
    internal LogSettings ReopenLog()
    {
        graph.Log.Reopen();
        return GetLog();
    }

    /// <summary>Stops the process; operations in progress have some time to end.</summary>
    /// <response code="202">It stops.</response>
    internal Results<Accepted<StopAnswer>, BadRequest<ControlError>> Stop(StopRequest? request, HttpResponse response)
    {
        TimeSpan? deadline = ReadDeadline(request);
        var answer =
            new StopAnswer("stopping", (deadline ?? graph.Options.StopTimeout).TotalSeconds, graph.Context.ClientCount);

        // Not before the answer has been sent: the end of the process could cut it off.
        response.OnCompleted(() =>
        {
            graph.Requests.Stop(deadline);
            return Task.CompletedTask;
        });
        return TypedResults.Accepted((string?)null, answer);
    }
}

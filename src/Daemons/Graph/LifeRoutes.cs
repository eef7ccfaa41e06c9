using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting.Options;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Daemons.Graph;

/// <summary>A process's life: its log, reloading, stopping.</summary>
/// <param name="graph">The process.</param>
internal sealed class LifeRoutes(RunningGraph graph)
{
    private static readonly TimeSpan s_answersWithin = TimeSpan.FromSeconds(2);

    /// <summary>The one that anybody may ask: whether the process moves.</summary>
    /// <returns>The route.</returns>
    internal ControlRoute CreateLive() => new("GET", "/livez", (request, _) => graph.Loop.Answers(s_answersWithin)
        ? request.AnswerAsync(StatusCodes.Status200OK, "ok\n")
        : request.RefuseAsync(StatusCodes.Status503ServiceUnavailable, "the event loop does not move"));

    /// <summary>The routes.</summary>
    /// <returns>All others.</returns>
    internal IEnumerable<ControlRoute> Create() =>
    [
        ControlRoute.Json("POST", "/v1/reload", () => graph.Reload.Run(), () => ControlJson.Default.ReloadResult),
        ControlRoute.Json("GET", "/v1/log", GetLog, () => ControlJson.Default.LogSettings),
        new("PUT", "/v1/log", PutLogAsync),
        new("POST", "/v1/log/reopen", (request, _) => ReopenAsync(request)),
        new("POST", "/v1/stop", (request, _) => StopAsync(request)),
    ];

    private LogSettings GetLog() => new(graph.Log.Level.ToString().ToUpperInvariant());

    private async Task PutLogAsync(HttpContext request, string name)
    {
        LogSettings wanted = await request.ReadJsonAsync(ControlJson.Default.LogSettings);
        try
        {
            graph.Log.Set(DaemonOptionTable.Level(wanted.Level));
            await request.AnswerAsync(StatusCodes.Status200OK, GetLog(), ControlJson.Default.LogSettings);
        }
        catch (FormatException exception)
        {
            await request.RefuseAsync(
                StatusCodes.Status422UnprocessableEntity, $"level \"{wanted.Level}\" is not {exception.Message}");
        }
    }

    private Task ReopenAsync(HttpContext request)
    {
        graph.Log.Reopen();
        return request.AnswerAsync(StatusCodes.Status200OK, GetLog(), ControlJson.Default.LogSettings);
    }

    private async Task StopAsync(HttpContext request)
    {
        TimeSpan? deadline = await ReadDeadlineAsync(request);
        await request.AnswerAsync(
            StatusCodes.Status202Accepted,
            new StopAnswer("stopping", (deadline ?? graph.Options.StopTimeout).TotalSeconds, graph.Context.ClientCount),
            ControlJson.Default.StopAnswer);
        graph.Requests.Stop(deadline);
    }

    /// <summary>Reads how long something may take.</summary>
    /// <param name="request">The request.</param>
    /// <returns>How long; null where it does not say.</returns>
    /// <exception cref="BadHttpRequestException">It says something else.</exception>
    internal static async Task<TimeSpan?> ReadDeadlineAsync(HttpContext request)
    {
        byte[] body = await request.ReadBodyAsync();
        if (body.Length == 0)
        {
            return null;
        }

        double seconds = ControlAnswer.ReadJson(body, ControlJson.Default.StopRequest).TimeoutSeconds;
        return seconds is >= 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new BadHttpRequestException("timeoutSeconds: from 0 to 86400");
    }
}

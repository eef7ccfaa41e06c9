using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Letting a unit run empty.</summary>
/// <param name="unit">The unit.</param>
internal sealed class DrainRoute(RunningUnit unit)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    /// <summary>The route.</summary>
    /// <returns>It.</returns>
    internal ControlRoute Create() => new("POST", "/v1/drain", (request, _) => DrainAsync(request));

    private async Task DrainAsync(HttpContext request)
    {
        TimeSpan deadline = (await LifeRoutes.ReadDeadlineAsync(request)) ?? s_deadline;
        await (unit.Drain.Begin(deadline)
            ? request.AnswerAsync(
                StatusCodes.Status202Accepted, new StopAnswer("draining", deadline.TotalSeconds, unit.Context.ClientCount),
                ControlJson.Default.StopAnswer)
            : request.RefuseAsync(StatusCodes.Status409Conflict, "it is draining already"));
    }
}

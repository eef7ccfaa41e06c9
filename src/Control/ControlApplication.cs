using System.Net.Sockets;
using KadaluFsd.Linux;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KadaluFsd.Control;

/// <summary>Takes requests to their routes.</summary>
/// <param name="routes">The routes.</param>
/// <param name="mayAsk">Whether the peer of a connection may ask for anything.</param>
/// <param name="findProblem">Says why nothing can be asked yet; null where it can.</param>
internal sealed class ControlApplication(
    IReadOnlyList<ControlRoute> routes, Func<Socket, bool> mayAsk, Func<string?> findProblem) : IHttpApplication<HttpContext>
{
    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket || !mayAsk(socket))
        {
            await context.RefuseAsync(
                StatusCodes.Status403Forbidden, "only root and the process's own user and group may use its control socket");
            return;
        }

        if (findProblem() is { } problem)
        {
            await context.RefuseAsync(StatusCodes.Status503ServiceUnavailable, problem);
            return;
        }

        ControlConnection? connection = context.Features.Get<ControlConnection>();
        connection?.Activity = HttpMethods.IsGet(context.Request.Method) ? ControlActivity.Asks : ControlActivity.Orders;

        // Whoever asks can wait for the graph's threads; so can what else runs on the pool's.
        ThreadNiceness.GiveWay();
        try
        {
            await AnswerAsync(context);
        }
        catch (BadHttpRequestException exception)
        {
            await context.RefuseAsync(exception.StatusCode, exception.Message);
        }
        finally
        {
            connection?.Activity = ControlActivity.None;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        ControlRoute[] here = [.. routes.Where(route => route.Fits(context.Request.Path.Value ?? "", out _))];
        if (here.Length == 0)
        {
            await context.RefuseAsync(
                StatusCodes.Status404NotFound,
                $"there is nothing at {context.Request.Path}; /v1/openapi.json says what there is");
        }
        else if (here.FirstOrDefault(route => route.Method == context.Request.Method) is { } route)
        {
            route.Fits(context.Request.Path.Value!, out string name);
            await route.HandleAsync(context, name);
        }
        else
        {
            context.Response.Headers.Allow = string.Join(", ", here.Select(other => other.Method));
            await context.RefuseAsync(
                StatusCodes.Status405MethodNotAllowed, $"{context.Request.Path} does not take {context.Request.Method}");
        }
    }
}

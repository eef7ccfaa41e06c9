using System.Net.Sockets;
using KadaluFsd.Linux;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Control;

/// <summary>Lets requests in, and takes them to their routes.</summary>
/// <param name="services">The process's.</param>
/// <param name="build">Builds what takes them there; called for the first request.</param>
/// <param name="mayAsk">Whether the peer of a connection may ask for anything.</param>
/// <param name="findProblem">Says why nothing can be asked yet; null where it can.</param>
internal sealed class ControlApplication(
    IServiceProvider services, Func<RequestDelegate> build, Func<Socket, bool> mayAsk, Func<string?> findProblem)
    : IHttpApplication<HttpContext>
{
    private readonly IServiceScopeFactory _scopes = services.GetRequiredService<IServiceScopeFactory>();
    private readonly Lazy<RequestDelegate> _pipeline = new(build);

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => 
        new DefaultHttpContext(contextFeatures) { ServiceScopeFactory = _scopes };

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
            await _pipeline.Value(context);
        }
        catch (BadHttpRequestException exception)
        {
            await context.RefuseAsync(
                exception.StatusCode,
                exception.InnerException is { } inner
                    ? $"what was sent cannot be used: {inner.Message}" : exception.Message);
        }
        finally
        {
            connection?.Activity = ControlActivity.None;
        }
    }
}

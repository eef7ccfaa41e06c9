using System.Net.Sockets;
using KadaluFsd.Linux;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KadaluFsd.Control;

/// <summary>Lets requests in, and takes them to their routes.</summary>
/// <param name="build">
/// Builds what takes them there. Called for the first request: most processes are seldom asked, and need no memory for it.
/// </param>
/// <param name="mayAsk">Whether the peer of a connection may ask for anything.</param>
/// <param name="findProblem">Says why nothing can be asked yet; null where it can.</param>
internal sealed class ControlApplication(Func<ControlPipeline> build, Func<Socket, bool> mayAsk, Func<string?> findProblem)
    : IHttpApplication<HttpContext>, IDisposable
{
    private readonly Lazy<ControlPipeline> _pipeline = new(build);

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) =>
        new DefaultHttpContext(contextFeatures) { RequestServices = _pipeline.Value.Services };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pipeline.IsValueCreated)
        {
            _pipeline.Value.Dispose();
        }
    }

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

        // Whoever asks can wait for the graph's threads; so can what else runs on the pool's.
        ThreadNiceness.GiveWay();
        await _pipeline.Value.RunAsync(context);
    }
}

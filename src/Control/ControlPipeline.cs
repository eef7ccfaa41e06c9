using KadaluFsd.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Control;

/// <summary>Builds what takes a request to its route.</summary>
internal static class ControlPipeline
{
    private const string JsonType = "application/json";

    /// <summary>Builds it for the control socket: everything, and the description of it.</summary>
    /// <param name="services">The process's.</param>
    /// <param name="routes">What can be asked.</param>
    /// <returns>It.</returns>
    internal static RequestDelegate BuildPrivate(IServiceProvider services, IControlRoutes routes) => Build(services, builder =>
    {
        RouteGroupBuilder all = builder.MapGroup("").WithMetadata(
            new ProducesResponseTypeMetadata(StatusCodes.Status403Forbidden, typeof(ControlError), [JsonType]));
        routes.MapPublic(all);
        routes.MapPrivate(all);
        builder.MapOpenApi("/v1/openapi.json");
    });

    /// <summary>Builds it for TCP: what anybody may ask.</summary>
    /// <param name="services">The process's.</param>
    /// <param name="routes">What can be asked.</param>
    /// <returns>It.</returns>
    internal static RequestDelegate BuildPublic(IServiceProvider services, IControlRoutes routes) =>
        Build(services, builder => routes.MapPublic(builder.MapGroup("").ExcludeFromDescription()));

    private static RequestDelegate Build(IServiceProvider services, Action<IEndpointRouteBuilder> map) =>
        new ApplicationBuilder(services)
            .Use(TakeForJsonAsync)
            .Use(ExplainAsync)
            .UseRouting()
            .UseEndpoints(map)
            .Build();

    // Whatever its type is said to be: what curl sends with --data calls itself a form.
    private static Task TakeForJsonAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.ContentType = JsonType;
        return next(context);
    }

    private static async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        switch (context.Response)
        {
            case { HasStarted: true }:
                break;

            case { StatusCode: StatusCodes.Status404NotFound } when context.GetEndpoint() is null:
                await context.RefuseAsync(
                    StatusCodes.Status404NotFound,
                    $"there is nothing at {context.Request.Path}; /v1/openapi.json says what there is");
                break;

            case { StatusCode: StatusCodes.Status405MethodNotAllowed }:
                await context.RefuseAsync(
                    StatusCodes.Status405MethodNotAllowed, $"{context.Request.Path} does not take {context.Request.Method}");
                break;
        }
    }
}

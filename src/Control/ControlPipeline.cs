using KadaluFsd.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Control;

/// <summary>Takes requests to their routes.</summary>
internal sealed class ControlPipeline : IDisposable
{
    private const string JsonType = "application/json";

    private readonly ServiceProvider _services;
    private readonly RequestDelegate _run;

    private ControlPipeline(ServiceProvider services, Action<IEndpointRouteBuilder> map)
    {
        _services = services;
        var application = new ApplicationBuilder(services);
        Use(application, map);
        _run = application.Build();
    }

    /// <summary>Takes requests to their routes, as JSON whatever they call themselves, and explains what there is not.</summary>
    /// <param name="application">Gets the requests.</param>
    /// <param name="map">Maps what can be asked.</param>
    internal static void Use(IApplicationBuilder application, Action<IEndpointRouteBuilder> map) =>
        application.Use(ServeAsync).Use(TakeForJsonAsync).Use(ExplainAsync).UseRouting().UseEndpoints(map);

    /// <summary>What it is built with.</summary>
    internal IServiceProvider Services => _services;

    /// <summary>Builds the control socket's: everything, and the description of it.</summary>
    /// <param name="services">What answers need.</param>
    /// <param name="routes">What can be asked.</param>
    internal static ControlPipeline BuildPrivate(IServiceCollection services, IControlRoutes routes) =>
        new(services.BuildServiceProvider(), builder =>
        {
            RouteGroupBuilder all = builder.MapGroup("").WithMetadata(
                new ProducesResponseTypeMetadata(StatusCodes.Status403Forbidden, typeof(ControlError), [JsonType]));
            routes.MapPublic(all);
            routes.MapPrivate(all);
            all.MapGet(
                "/v1/openapi.json",
                Results<FileStreamHttpResult, NotFound> () => routes.OpenDescription() is { } description
                    ? TypedResults.Stream(description, JsonType) : TypedResults.NotFound()).ExcludeFromDescription();
        });

    /// <summary>Builds that of a TCP port: what anybody may ask.</summary>
    /// <param name="services">What answers need.</param>
    /// <param name="routes">What can be asked.</param>
    internal static ControlPipeline BuildPublic(IServiceCollection services, IControlRoutes routes) =>
        new(services.BuildServiceProvider(), routes.MapPublic);

    /// <summary>Answers a request, whose services are <see cref="Services"/>.</summary>
    /// <param name="context">The request.</param>
    internal Task RunAsync(HttpContext context) => _run(context);

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();

    // What is being done decides which connection makes place for others.
    private static async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        ControlConnection? connection = context.Features.Get<ControlConnection>();
        connection?.Becomes(HttpMethods.IsGet(context.Request.Method) ? ControlActivity.Asks : ControlActivity.Orders);

        // Its answer has not been sent when it was written.
        context.Response.OnCompleted(() =>
        {
            connection?.Becomes(ControlActivity.Idle);
            return Task.CompletedTask;
        });
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception)
        {
            await context.RefuseAsync(exception.StatusCode, Describe(exception));
        }
        catch (NotSupportedException) when (!context.Response.HasStarted)
        {
            // An order of one of several kinds.
            await context.RefuseAsync(StatusCodes.Status400BadRequest, "what was sent does not say of which kind it is");
        }
    }

    // Where nothing was sent, or null, ASP.NET speaks of parameters of ours.
    private static string Describe(BadHttpRequestException refusal) => refusal.InnerException is { } inner
        ? $"what was sent cannot be used: {inner.Message}"
        : refusal.Message.Contains("no body was provided", StringComparison.Ordinal) ||
            refusal.Message.Contains("not provided from body", StringComparison.Ordinal)
            ? "nothing was sent along, or null: it takes a JSON object" : refusal.Message;

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

using System.Diagnostics;
using System.Text.Json.Serialization;
using KadaluFsd.Contract;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Control;

/// <summary>What answers need of the framework: routing, and JSON as <see cref="ControlJson"/> writes it.</summary>
internal static class ControlServices
{
    /// <summary>Lists it.</summary>
    /// <param name="loggers">Makes the framework's loggers.</param>
    internal static IServiceCollection Create(ILoggerFactory loggers) => new ServiceCollection()
        .AddSingleton(loggers)
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddMetrics()
        .AddSingleton(new DiagnosticListener("Microsoft.AspNetCore"))
        .AddRoutingCore()
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
        .ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default);
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
            options.SerializerOptions.WriteIndented = true;
        });
}

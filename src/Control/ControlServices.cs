using System.Diagnostics;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
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
    /// <param name="json">How what goes and comes is read and written, beside what <see cref="ControlJson"/> has.</param>
    internal static IServiceCollection Create(
        ILoggerFactory loggers, IJsonTypeInfoResolver? json = null) => new ServiceCollection()
        .AddSingleton(loggers)
        .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
        .AddMetrics()
        .AddSingleton(new DiagnosticListener("Microsoft.AspNetCore"))
        .AddRoutingCore()
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
        .ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default);
            if (json is not null)
            {
                options.SerializerOptions.TypeInfoResolverChain.Insert(0, json);
            }

            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
            options.SerializerOptions.WriteIndented = true;
        });
}

using System.Diagnostics;
using System.Text.Json.Serialization;
using KadaluFsd.Contract;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KadaluFsd.Control;

/// <summary>What a process needs that can be asked over HTTP, beside its routes.</summary>
public static class ControlParts
{
    /// <summary>Adds it. What answers is put together when it is asked for the first time: most processes are seldom asked.</summary>
    /// <param name="parts">The list of what the process is made of.</param>
    /// <returns>The list.</returns>
    public static IServiceCollection AddControl(this IServiceCollection parts)
    {
        parts.TryAddSingleton(_ => new DiagnosticListener("Microsoft.AspNetCore"));
        return parts
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
}

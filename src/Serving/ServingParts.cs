using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Serving;

/// <summary>Services of every process that serves volfiles, beside its parts.</summary>
public static class ServingParts
{
    /// <summary>Adds it, with the options of what serves.</summary>
    /// <param name="parts">The list of what the process is made of.</param>
    public static IServiceCollection AddServing(this IServiceCollection parts, GivenOptions given) => parts
        .AddSingleton(ListenOptions.Of(given))
        .AddSingleton(ConnectionOptions.Of(given))
        .AddSingleton(VolfileServerOptions.Of(given))
        .AddSingleton(VolfileTlsOptions.Of(given))
        .AddSingleton(AccessLogOptions.Of(given))
        .AddSingleton<VolfileTls>()
        .AddSingleton(_ => DescriptorBudget.Raise())
        .AddSingleton(TimeProvider.System)
        .AddSingleton<EventLoop>()
        .AddSingleton<ListenerSet>();
}

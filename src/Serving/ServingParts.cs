using KadaluFsd.Hosting;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Serving;

/// <summary>Services of every process that serves volfiles, beside its parts.</summary>
public static class ServingParts
{
    /// <summary>Adds it.</summary>
    /// <param name="parts">The list of what the process is made of.</param>
    public static IServiceCollection AddServing(this IServiceCollection parts) => parts
        .AddSingleton(_ => DescriptorBudget.Raise())
        .AddSingleton(TimeProvider.System)
        .AddSingleton<EventLoop>()
        .AddSingleton<ListenerSet>();
}

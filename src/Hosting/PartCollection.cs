using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KadaluFsd.Hosting;

/// <summary>The list of what a process is made of.</summary>
public static class PartCollection
{
    /// <summary>Adds a part behind those that are there.</summary>
    /// <typeparam name="TPart">The part; other parts get it by this type.</typeparam>
    public static IServiceCollection AddPart<[
        DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPart>(
        this IServiceCollection parts)
        where TPart : Part =>
        parts.AddSingleton<TPart>().AddSingleton<IHostedService>(provider => provider.GetRequiredService<TPart>());

    /// <summary>Has something that is in the list given also to those who ask for what it can do.</summary>
    /// <typeparam name="T">What is in the list.</typeparam>
    public static IServiceCollection AddAs<TAs, T>(this IServiceCollection parts)
        where TAs : class
        where T : class, TAs =>
        parts.AddSingleton<TAs>(provider => provider.GetRequiredService<T>());
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KadaluFsd.Hosting;

/// <summary>Extensions for the list of a process's parts.</summary>
public static class PartCollection
{
    /// <summary>Appends a part.</summary>
    /// <typeparam name="TPart">The part; other parts get it by this type.</typeparam>
    public static IServiceCollection AddPart<[
        DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPart>(
        this IServiceCollection parts)
        where TPart : Part =>
        parts.AddSingleton<TPart>().AddSingleton<IHostedService>(provider => provider.GetRequiredService<TPart>());

    /// <summary>Registers a listed object under another type too.</summary>
    /// <typeparam name="T">The type under which it is listed.</typeparam>
    public static IServiceCollection AddAs<TAs, T>(this IServiceCollection parts)
        where TAs : class
        where T : class, TAs =>
        parts.AddSingleton<TAs>(provider => provider.GetRequiredService<T>());
}

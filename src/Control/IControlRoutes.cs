using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Control;

/// <summary>What a process can be asked for, and told.</summary>
public interface IControlRoutes
{
    /// <summary>Why nothing can be asked yet; null where it can. From any thread.</summary>
    string? Problem { get; }

    /// <summary>How what goes and comes is read and written, beside what <see cref="Contract.ControlJson"/> has; null for nothing.</summary>
    IJsonTypeInfoResolver? Json => null;

    /// <summary>
    /// Opens the description of all of them, OpenAPI 3.1 as JSON, UTF-8. The caller disposes of it. Null where there is none: nobody but
    /// programs of ours asks.
    /// </summary>
    Stream? OpenDescription();

    /// <summary>Maps what anybody may ask, over TCP too: it tells nothing of clients or contents.</summary>
    /// <param name="routes">Where they are mapped.</param>
    void MapPublic(IEndpointRouteBuilder routes);

    /// <summary>Maps all else, for the control socket.</summary>
    /// <param name="routes">Where they are mapped.</param>
    void MapPrivate(IEndpointRouteBuilder routes);
}

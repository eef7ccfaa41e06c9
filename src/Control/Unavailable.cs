using System.Reflection;
using KadaluFsd.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace KadaluFsd.Control;

/// <summary>503 with the reason, which the framework has no result for.</summary>
/// <param name="reason">The reason, in words.</param>
public sealed class Unavailable(string reason) : IResult, IEndpointMetadataProvider
{
    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(
                StatusCodes.Status503ServiceUnavailable, typeof(ControlError), ["application/json"]));
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.RefuseAsync(StatusCodes.Status503ServiceUnavailable, reason);
}

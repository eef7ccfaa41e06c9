using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace KadaluFsd.Control;

/// <summary>What the OpenAPI document says beside the routes.</summary>
public static class ControlDocument
{
    /// <summary>The document's name: the version of what it describes.</summary>
    public const string Name = "v1";

    /// <summary>
    /// Sets the document up. AddOpenApi itself belongs where the routes are: its generator reads the comments of the project
    /// that calls it, and of those which that refers to.
    /// </summary>
    /// <param name="options">The document's options.</param>
    public static void SetUp(OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddDocumentTransformer(DescribeAsync);
    }

    private static Task DescribeAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Control socket of a kadalu-fsd process",
            Version = "1",
            Description =
                "HTTP/1.1 on a unix socket, for root and the user and group of the process. Each process describes what it " +
                "can be asked for. /livez, /readyz and /metrics may be served over TCP as well. What is sent is taken for " +
                "JSON, whatever its Content-Type is; a volfile is sent as it is.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "http://unit/" }];
        return Task.CompletedTask;
    }
}

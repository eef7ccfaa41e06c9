using System.Reflection;
using System.Text.Json.Nodes;
using KadaluFsd.Control;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.OpenApi;

namespace KadaluFsd.Reference;

/// <summary>What a process can be asked on its control socket, as OpenAPI 3.1, made of its routes and their comments.</summary>
internal static class ControlApiDocument
{
    private const string Version = "v1";

    /// <summary>The document.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="process">What kind of process has them, such as <c>storage unit</c>.</param>
    internal static async Task<string> CreateAsync(IControlRoutes routes, string process)
    {
        using var pipeline = ControlPipeline.BuildPrivate(
            ControlServices.Create(NullLoggerFactory.Instance)
                .AddSingleton<IHostEnvironment>(new HostingEnvironment { ApplicationName = "kadalu-fsd" })
                .AddOpenApi(Version, options => options
                    .AddDocumentTransformer((document, _, _) => Introduce(document, process))
                    .AddOperationTransformer(Describe)),
            routes);
        OpenApiDocument document = await pipeline.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Version)
            .GetOpenApiDocumentAsync();
        string text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1);
        return JsonNode.Parse(text)!.ToJsonString(new() { WriteIndented = true }) + "\n";
    }

    private static Task Introduce(OpenApiDocument document, string process)
    {
        document.Info = new OpenApiInfo
        {
            Title = $"Control socket of a {process}",
            Version = "1",
            Description =
                "HTTP/1.1 on a unix socket, for root and the user and group of the process. /livez, /readyz and /metrics may be " +
                "served over TCP as well. What is sent is taken for JSON, whatever its Content-Type is; a volfile is sent as it is.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "http://unit/" }];

        // One for each class of routes, which says nothing to those who ask.
        document.Tags = null;
        foreach (OpenApiOperation operation in document.Paths.Values.SelectMany(path => path.Operations!.Values))
        {
            operation.Tags = null;
        }

        return Task.CompletedTask;
    }

    private static Task Describe(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        HandlerComments.Of(metadata.OfType<MethodInfo>().Single()).AddTo(operation);
        if (metadata.OfType<TextBody>().Any())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["text/plain"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
            };
        }

        return Task.CompletedTask;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Control;

/// <summary>The description, as OpenAPI has it, of what can be asked.</summary>
public static class ControlDocument
{
    private const string Resource = "openapi.json";

    /// <summary>Adds the route that describes all of them.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns>They, and that one.</returns>
    public static IReadOnlyList<ControlRoute> Describe(IEnumerable<ControlRoute> routes)
    {
        List<ControlRoute> all = [.. routes];
        all.Add(new(
            "GET", "/v1/openapi.json",
            (request, _) => request.AnswerAsync(StatusCodes.Status200OK, "application/json", Read(all))));
        return all;
    }

    /// <summary>Describes some routes.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns>The document, JSON.</returns>
    public static string Read(IReadOnlyList<ControlRoute> routes)
    {
        using Stream stream = typeof(ControlDocument).Assembly.GetManifestResourceStream(Resource)!;
        JsonNode document = JsonNode.Parse(stream)!;
        JsonObject paths = document["paths"]!.AsObject();
        string[] others =
            [.. paths.Select(path => path.Key)
                .Where(path => !routes.Any(route => route.Path == path.Replace("{key}", "*", StringComparison.Ordinal)))];
        foreach (string other in others)
        {
            paths.Remove(other);
        }

        return document.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}

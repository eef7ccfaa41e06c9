using System.Text.Json;
using KadaluFsd.Fsd.Control;

namespace KadaluFsd.Fsd.Tests;

/// <summary>The control socket's own description has everything that is there, and nothing else.</summary>
public class OpenApiDocumentTests
{
    [Fact]
    public void It_has_exactly_the_routes_that_there_are()
    {
        using var document = JsonDocument.Parse(UnitControl.ReadDocument());
        IEnumerable<string> described = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(
            path => path.Value.EnumerateObject().Where(member => member.Name != "parameters"),
            (path, method) => $"{method.Name} {path.Name.Replace("{key}", "*", StringComparison.Ordinal)}");
        IEnumerable<string> routed = UnitControl.CreateRoutes(NoUnit).Select(route => $"{route.Method.ToLowerInvariant()} {route.Path}");
        Assert.Equal(routed.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    // Routes only look at their unit when they are asked.
    private static RunningUnit NoUnit => new(null!, null!, null!, "", null!, null!, null!, null!, null!, null!, null!, null!, null!, null!, null!);
}

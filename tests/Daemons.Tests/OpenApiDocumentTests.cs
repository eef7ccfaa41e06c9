using System.Text.Json;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Heal;
using KadaluFsd.Daemons.Unit;

namespace KadaluFsd.Daemons.Tests;

/// <summary>The control socket's own description has everything that is there, and nothing else.</summary>
public class OpenApiDocumentTests
{
    [Fact]
    public void A_unit_is_described_with_exactly_the_routes_that_it_has() =>
        Check(ControlDocument.Describe(new UnitControl(NoUnit).CreateAll()));

    [Fact]
    public void So_is_a_self_heal_daemon() => Check(ControlDocument.Describe(new HealControl(NoDaemon, null!).CreateAll()));

    [Fact]
    public void Nothing_is_described_that_neither_has()
    {
        IReadOnlyList<ControlRoute> all =
            [.. ControlDocument.Describe(new UnitControl(NoUnit).CreateAll()),
                .. ControlDocument.Describe(new HealControl(NoDaemon, null!).CreateAll())];
        using Stream whole = typeof(ControlDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        using var document = JsonDocument.Parse(whole);
        Assert.Equal(Described(ControlDocument.Read(all)), Described(document.RootElement.GetRawText()));
    }

    private static void Check(IReadOnlyList<ControlRoute> routes) =>
        Assert.Equal(
            routes.Select(route => $"{route.Method.ToLowerInvariant()} {route.Path}").Order(StringComparer.Ordinal),
            Described(ControlDocument.Read(routes)));

    private static string[] Described(string text)
    {
        using var document = JsonDocument.Parse(text);
        return
        [
            .. document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(
                path => path.Value.EnumerateObject().Where(member => member.Name != "parameters"),
                (path, method) =>
                    $"{method.Name} {path.Name.Replace("{key}", "*", StringComparison.Ordinal)}").Order(StringComparer.Ordinal),
        ];
    }

    // Routes only look at their process when they are asked.
    private static RunningGraph NoGraph => new(null!, null!, null!, null!, null!, null!, null!, null!, null!, null!);

    private static RunningUnit NoUnit => new(NoGraph, null!, null!, null!, null!, null!, null!, null!, null!);

    private static RunningHealDaemon NoDaemon => new(NoGraph, null!, null!);
}

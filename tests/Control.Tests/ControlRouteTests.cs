using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Control.Tests;

/// <summary>Which paths are a route's.</summary>
public class ControlRouteTests
{
    [Theory]
    [InlineData("/v1/status", true)]
    [InlineData("/v1/status/", false)]
    [InlineData("/v1/status/deeper", false)]
    [InlineData("/v1/statuses", false)]
    [InlineData("/V1/status", false)]
    public void A_path_is_itself_and_nothing_below_it(string path, bool fits) =>
        Assert.Equal(fits, Route("/v1/status").Fits(path, out _));

    [Theory]
    [InlineData("/v1/volfiles/pool1", "pool1")]
    [InlineData("/v1/volfiles/a.b-c", "a.b-c")]
    [InlineData("/v1/volfiles/", null)]
    [InlineData("/v1/volfiles", null)]
    [InlineData("/v1/volfiles/pool1/deeper", null)]
    [InlineData("/v1/volfiles/pool1/", null)]
    [InlineData("/v2/volfiles/pool1", null)]
    public void A_name_is_one_part_of_a_path(string path, string? name)
    {
        Assert.Equal(name is not null, Route("/v1/volfiles/*").Fits(path, out string found));
        Assert.Equal(name ?? "", found);
    }

    private static ControlRoute Route(string path) => new("GET", path, (HttpContext _, string _) => Task.CompletedTask);
}

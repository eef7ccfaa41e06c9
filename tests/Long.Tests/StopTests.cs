using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>Hundreds of stops of a busy unit.</summary>
[Trait("Part", "stops")]
public sealed class StopTests : IntegrationTest
{
    [Fact]
    public async Task Five_hundred_stops_end_well() => await new Stops(Workspace).RunAsync(await CreateUnitAsync(), rounds: 500);
}

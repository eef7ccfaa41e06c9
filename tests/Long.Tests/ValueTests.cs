using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>What glusterd refuses is refused: values of every option.</summary>
[Trait("Part", "values")]
public sealed class ValueTests : IntegrationTest
{
    [Fact]
    public async Task Two_thousand_values_are_taken_or_refused_as_by_glusterd()
    {
        (int tried, int theirs, int ours) =
            await new ValuesBesideGlusterd(Workspace).RunAsync(ValuesBesideGlusterd.AllNames(), valuesOfEach: 8);
        Assert.InRange(tried, 2000, 4000);
        TestFigures.Print(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{tried} values of options beside glusterd: refused there {theirs}, here {ours}"));
    }
}

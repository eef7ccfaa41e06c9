using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;

namespace KadaluFsd.Fsd.Tests;

public class HealTextTests
{
    private static readonly CopyReport s_equal = new(false, 5, 1, 0, [], [], null);

    [Fact]
    public void Where_nothing_differs_there_is_one_line() => Assert.Equal(
        "5 directories compared, 1 wait for a heal, 0 differences\n", HealText.Describe(s_equal));

    [Fact]
    public void What_differs_comes_first_and_whatever_it_is_called_it_is_a_line() => Assert.Equal(
        "UNIT  PROBLEM  PATH\nu1    missing  /a?b\nu2 could not be asked\nit ended early: no graph\n" +
        "5 directories compared, 1 wait for a heal, 1 differences\n",
        HealText.Describe(s_equal with
        {
            DifferenceCount = 1,
            Differences = [new CopyDifference("r0", "/a\nb", "u1", "missing")],
            Unreachable = ["u2"],
            Failure = "no graph",
        }));

    [Fact]
    public void Files_that_wait_say_how_they_are()
    {
        var list = new HealList("n1:/u", "Connected",
            [new("/a", false, false), new("/b\e[2J", true, false), new("/c", false, true)]);
        Assert.Equal(
            "n1:/u: 3 to heal\n  /a\n  /b?[2J  in split-brain\n  /c  perhaps being healed\n",
            HealText.Describe(list, onlySplitBrain: false));
        Assert.Equal("n1:/u: 3 in split-brain\n  /a\n  /b?[2J\n  /c\n", HealText.Describe(list, onlySplitBrain: true));
    }

    [Fact]
    public void A_unit_that_is_away_says_so_instead_of_a_number() => Assert.Equal(
        "n1:/u: Transport endpoint is not connected\n",
        HealText.Describe(new HealList("n1:/u", "Transport endpoint is not connected", []), onlySplitBrain: false));
}

using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Tests;

/// <summary>What glfsheal says, whatever files are called.</summary>
public sealed class HealListingTests
{
    private static readonly string[] s_units = ["n1:/u", "n2:/u"];

    [Fact]
    public void Each_unit_has_its_entries()
    {
        HealList[] lists =
            Parse("Brick n1:/u\n/f \n/g - Possibly undergoing heal\n<gfid:1> \n/s - Is in split-brain\nStatus: " +
            "Connected\nNumber of entries: 4\n\nBrick n2:/u\nStatus: Transport endpoint is not connected\nNumber of entries: " +
            "-\n\n")!;
        Assert.Equal([("n1:/u", true), ("n2:/u", false)], lists.Select(list => (list.Unit, list.IsConnected)));
        Assert.Equal(
            [("/f", false, false), ("/g", false, true), ("<gfid:1>", false, false), ("/s", true, false)],
            lists[0].Entries.Select(entry => (entry.Path, entry.IsSplitBrain, entry.IsHealing)));
        Assert.Equal("/g - Possibly undergoing heal", lists[0].Entries[1].Line);
    }

    [Fact]
    public void Blanks_at_the_end_belong_to_the_name()
    {
        HealList[] lists = Parse(
            "Brick n1:/u\n/f   \n/g  - Possibly undergoing heal\nStatus: Connected\nNumber of entries: 2\n\n")!;
        Assert.Equal(["/f  ", "/g "], lists[0].Entries.Select(entry => entry.Path));
        lists = HealListing.Parse(
            "Brick n1:/u\n/f \nStatus: Connected\nNumber of entries: 1\n\n", s_units, onlySplitBrain: true)!;
        Assert.Equal("/f ", Assert.Single(lists[0].Entries).Path);
    }

    [Theory]
    [InlineData("/f\n ", false)]
    [InlineData("/f\n", true)]
    [InlineData("/f", false)]
    public void A_line_break_at_the_end_of_a_name_is_not_lost(string lines, bool onlySplitBrain) => Assert.Null(
        HealListing.Parse(
            $"Brick n1:/u\n{lines}\nStatus: Connected\nNumber of entries: 1\n\n", s_units, onlySplitBrain));

    // Names that a client may choose, in the place of NAME.
    [Theory]
    [InlineData("x\nStatus: Connected")]
    [InlineData("x\nStatus: Connected\nNumber of entries: 1\n\nBrick n2:/u\n/y")]
    [InlineData("x\nStatus: Connected\nNumber of entries: 1\n\nBrick n3:/u\n/y")]
    [InlineData("x - Possibly undergoing heal\nStatus: Connected\nNumber of entries: 1\nz")]
    [InlineData("x\n/y")]
    [InlineData("x\nz")]
    [InlineData("x\nBrick n2:/u")]
    public void A_name_that_could_be_something_else_is_not_believed(string name)
    {
        Assert.Null(
            Parse($"Brick n1:/u\n/{name} \n/last \nStatus: Connected\nNumber of entries: 2\n\nBrick n2:/u\nStatus: " +
            "Connected\nNumber of entries: 0\n\n"));
        Assert.Null(
            Parse($"Brick n1:/u\nStatus: Connected\nNumber of entries: 0\n\nBrick n2:/u\n/{name} \n/last \nStatus: " +
            "Connected\nNumber of entries: 2\n\n"));
    }

    [Fact]
    public void In_XML_names_are_what_they_are()
    {
        HealList list = Assert.Single(HealListing.ParseXml(
            "<?xml version=\"1.0\"?>\n<cliOutput><healInfo><bricks><brick hostUuid=\"-\"><name>n1:/u</name><file " +
            "gfid=\"00000000-0000-0000-0000-000000000001\">/x\nStatus: Connected\n&lt;&#x1;y</file>" +
            "<status>Connected</status><numberOfEntries>1</numberOfEntries></brick></bricks></healInfo></cliOutput>",
            onlySplitBrain: true));
        Assert.Equal(("/x\nStatus: Connected\n<\u0001y", true), (Assert.Single(list.Entries).Path, list.Entries[0].IsSplitBrain));
    }

    private static HealList[]? Parse(string text) => HealListing.Parse(text, s_units, onlySplitBrain: false);
}

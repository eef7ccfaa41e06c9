using KadaluFsd.Contract;

namespace KadaluFsd.Daemons.Tests;

/// <summary>A statedump taken apart.</summary>
public class StatedumpTests
{
    [Fact]
    public void A_value_goes_from_the_first_equals_sign_to_the_end_of_the_line()
    {
        StatedumpValue value = Assert.Single(Graph.Statedump.Parse("path=/a=b=c\n")[0].Values);
        Assert.Equal(new StatedumpValue("path", "/a=b=c"), value);
    }

    [Fact]
    public void Sections_have_their_values_and_what_comes_before_the_first_one_has_no_name()
    {
        IReadOnlyList<StatedumpSection> sections = Graph.Statedump.Parse("DUMP-START\n[mallinfo]\na=1\n\n[x]\nb=\n");
        Assert.Equal(["", "mallinfo", "x"], sections.Select(section => section.Name));
        Assert.Equal(new StatedumpValue("DUMP-START", ""), Assert.Single(sections[0].Values));
        Assert.Equal(new StatedumpValue("b", ""), Assert.Single(sections[2].Values));
    }
}

namespace KadaluFsd.Volgen.Tests;

public class VolfileParserTests
{
    private const string Two =
        "# top of the file\nvolume a\n    type storage/posix\n    option directory /x\n    option quoted \"two " +
        "words\"\nend-volume\n\n" +
        "volume b\n    type debug/io-stats\n    subvolumes a\nend-volume\n";

    public static TheoryData<string> Samples
    {
        get
        {
            string folder = Path.Combine(AppContext.BaseDirectory, "samples");
            return [.. Directory.GetFiles(folder, "*.vol", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path)).Order()];
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void What_glusterd_and_kadalu_write_comes_back_byte_for_byte(string sample)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", sample));
        Volfile volfile = VolfileParser.Parse(text);
        Assert.NotEmpty(volfile.Volumes);
        Assert.Equal(text, VolfilePrinter.Print(volfile));
    }

    [Fact]
    public void The_samples_are_there() => Assert.True(Samples.Count > 50);

    [Fact]
    public void A_volfile_is_understood()
    {
        Volfile volfile = VolfileParser.Parse(Two);
        Assert.Equal(["a", "b"], volfile.Volumes.Select(volume => volume.Name));
        Assert.Equal("b", volfile.Top.Name);
        Assert.Equal("/x", volfile.Find("a")!["directory"]);
        Assert.Equal("two words", volfile.Find("a")!["quoted"]);
        Assert.Null(volfile.Find("a")!["missing"]);
        Assert.Equal("a", Assert.Single(volfile.Top.Subvolumes));
        Assert.Equal(8, volfile.Top.Line.Number);
        Assert.Equal(Two, VolfilePrinter.Print(volfile));
    }

    [Fact]
    public void Any_layout_means_the_same()
    {
        Volfile usual = VolfileParser.Parse("volume a\n    type x/y\n    option k v\nend-volume\n");
        Volfile odd = VolfileParser.Parse("volume\ta type\r\n x/y # a comment\n\n option k\n v end-volume\n");
        Assert.Equal(usual, odd);
    }

    // As Kadalu's operator writes clients' volfiles.
    [Fact]
    public void One_translator_has_no_category()
    {
        Volfile volfile = VolfileParser.Parse(Two + "\nvolume c\n    type meta\n    subvolumes b\nend-volume\n");
        Assert.Equal("meta", volfile.Top.Type);
        Assert.Equal(volfile, VolfileParser.Parse(VolfilePrinter.Print(volfile)));
    }

    [Fact]
    public void What_needs_quotes_gets_them_and_comes_back()
    {
        string[] values = ["two words", "\"", "\\", "#", "#a", "a#b", "type", "end-volume", "a\tb", "a\"b\\c d", "ü"];
        foreach (string value in values)
        {
            var volume = new Volume("a", "x/y") { Options = [new VolfileOption("key", value)] };
            string text = VolfilePrinter.Print(new Volfile([volume], "\n"));
            Assert.Equal(value, VolfileParser.Parse(text).Top["key"]);
        }
    }

    [Theory]
    [InlineData("", 0, "no volume")]
    [InlineData("# nothing\n", 0, "no volume")]
    [InlineData("type x/y\n", 1, "where a volume was expected")]
    [InlineData("volume", 1, "the text ends")]
    [InlineData("volume a\n", 1, "has no end-volume")]
    [InlineData("volume a\nend-volume\n", 2, "where the type of volume a was expected")]
    [InlineData("volume a\n option k v\n type x/y\nend-volume\n", 2, "where the type of volume a was expected")]
    [InlineData("volume a\n type x/y\nend-volume\n", 1, "neither options nor subvolumes")]
    [InlineData(
        "volume a\n type x/y\n option k v\nend-volume\nvolume b\n type x/y\n subvolumes a\n subvolumes a\nend-volume\n", 8,
        "names its subvolumes twice")]
    [InlineData("volume \"\"\n type x/y\n option k v\nend-volume\n", 1, "nothing between quotes")]
    [InlineData("volume a\n type x/y\n option k \"\"\nend-volume\n", 3, "nothing between quotes")]
    [InlineData("volume a\n type x/y\n option k \"\\\u0001\"\nend-volume\n", 3, "control character")]
    [InlineData("volume a\n type\nend-volume\n", 3, "where a translator's type was expected")]
    [InlineData("volume a\n type posix\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type x/../../y\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type x/..\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type x/y/z\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type /x/y\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type x/\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type ./y\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type \"x/y z\"\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type x/ü\nend-volume\n", 2, "is not a translator's type")]
    [InlineData("volume a\n type x/y\n type x/z\nend-volume\n", 3, "second type")]
    [InlineData("volume a\n type x/y\n option\nend-volume\n", 4, "where an option's name was expected")]
    [InlineData("volume a\n type x/y\n option k\nend-volume\n", 4, "where a value for option k was expected")]
    [InlineData("volume a\n type x/y\n option k v w\nend-volume\n", 3, "\"w\" inside volume a")]
    [InlineData("volume a\n type x/y\n subvolumes\nend-volume\n", 3, "no name behind subvolumes")]
    [InlineData("volume a\n type x/y\n subvolumes b\nend-volume\n", 3, "not defined above")]
    [InlineData("volume a\n type x/y\n subvolumes a\nend-volume\n", 3, "not defined above")]
    [InlineData("volume a\n type x/y\n option k v\nend-volume\nvolume a\n type x/y\nend-volume\n", 5, "defined twice")]
    [InlineData("volume a\n type x/y\n option k \"v\nend-volume\n", 3, "a quote that is not closed")]
    [InlineData("volume a\n type x/y\n option k v\\w\nend-volume\n", 3, "backslash outside quotes")]
    [InlineData("volume a\n type x/y\n option k \"v\\\n\"\nend-volume\n", 3, "backslash at the end")]
    [InlineData("volume a\n type x/y\n option k v\0\nend-volume\n", 3, "control character (0x00)")]
    [InlineData("volume a\n type x/y\n option k `id`\nend-volume\n", 3, "backtick")]
    [InlineData("volume a\n type x/y\n option k \"`id`\"\nend-volume\n", 3, "backtick")]
    [InlineData("# `id`\nvolume a\n type x/y\nend-volume\n", 1, "backtick")]
    [InlineData("volume a\n type x/y\n option k v\nend-volume\ngarbage\n", 5, "where a volume was expected")]
    public void What_is_wrong_is_said_with_its_line(string text, int line, string words)
    {
        VolfileException refused = Assert.Throws<VolfileException>(() => VolfileParser.Parse(text));
        Assert.Equal(line, refused.Line);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volfile_cut_short_anywhere_is_refused_or_a_shorter_volfile()
    {
        for (int length = 0; length < Two.Length; length++)
        {
            try
            {
                Assert.InRange(VolfileParser.Parse(Two[..length]).Volumes.Length, 1, 2);
            }
            catch (VolfileException)
            {
                // Nothing else may be thrown.
            }
        }
    }
}

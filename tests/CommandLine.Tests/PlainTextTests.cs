namespace KadaluFsd.CommandLine.Tests;

public class PlainTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1048576, "1 MiB")]
    [InlineData(1.5e12, "1.4 TiB")]
    [InlineData(9007199254740992, "8 PiB")]
    [InlineData(1.152921504606847E+19, "10240 PiB")]
    public void Sizes_have_the_largest_unit_that_they_fill(double bytes, string text) =>
        Assert.Equal(text, PlainText.Size(bytes));

    [Theory]
    [InlineData(0.999, "00:00:00")]
    [InlineData(59.9, "00:00:59")]
    [InlineData(86400 + 3661, "1.01:01:01")]
    public void Times_are_in_whole_seconds_and_are_not_rounded_up(double seconds, string text) =>
        Assert.Equal(text, PlainText.Duration(seconds));

    [Fact]
    public void Columns_are_as_wide_as_what_is_in_them_and_lines_have_no_blanks_at_their_end() => Assert.Equal(
        "A    LONG HEAD\nxyz  1\n\n", PlainText.Table(["A", "LONG HEAD"], [["xyz", "1"], ["", ""]]));

    [Fact]
    public void What_a_client_has_chosen_is_one_line_and_leaves_the_terminal_alone() => Assert.Equal(
        "CLIENT   SUBDIR\na?b?[2J  /?ü\n", PlainText.Table(["CLIENT", "SUBDIR"], [["a\nb\e[2J", "/\u202Eü"]]));
}

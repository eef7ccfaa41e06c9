namespace KadaluFsd.Linux.Tests;

public class ProgramImageTests
{
    [Theory]
    [InlineData("r-xp", "/bin/program", 8, 0, true)]
    [InlineData("r--p", "/bin/program", 8, 0, true)]
    [InlineData("r--p", "/bin/program", 8, 4, false)] // relocated
    [InlineData("rw-p", "/bin/program", 8, 0, false)]
    [InlineData("r-xp", "/lib/libc.so.6", 8, 0, false)]
    [InlineData("r--p", "/bin/program", 0, 0, false)] // as QEMU says of everything
    public void Only_pages_of_the_program_that_the_file_has_are_dropped(
        string access, string file, int resident, int anonymous, bool dropped)
    {
        string[] smaps =
            [$"1000-3000 {access} 00000000 08:01 42    {file}", "Size:                  8 kB", $"Rss:                   {resident} kB",
                $"Anonymous:             {anonymous} kB", "LazyFree:              0 kB"];
        (ulong, ulong)[] expected = dropped ? [(0x1000, 0x3000)] : [];
        Assert.Equal(expected, ProgramImage.FindUnchanged(smaps, "/bin/program"));
    }
}

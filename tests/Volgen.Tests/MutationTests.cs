using KadaluFsd.Shared;

namespace KadaluFsd.Volgen.Tests;

/// <summary>Volfiles that glusterd and Kadalu have written, with a few changes: understood as they stand, or rejected.</summary>
public class MutationTests
{
    private const int Count = 30_000;

    // The shortest, since what fails is to be read.
    private const int Samples = 12;

    private static readonly string[] s_pieces =
    [
        "", " ", "\n", "\t", "\"", "\\", "#", "`", "/", "\0", "\r", "\u0085", "\ud800", "é", "x", "volume ", "type ", "option ",
        "subvolumes ", "end-volume\n", "\"\"", "\"a b\"", "\"#\"", "\"option\"", "\"\\\\\"",
        "\"a\\\"b\"",
    ];

    [Fact]
    public void Every_changed_volfile_means_what_it_is_printed_as_or_is_rejected()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "samples");
        IEnumerable<(string, string)> samples = Directory.GetFiles(folder, "*.vol", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(folder, path), File.ReadAllText(path)))
            .OrderBy(sample => sample.Item2.Length).ThenBy(sample => sample.Item1, StringComparer.Ordinal).Take(Samples);
        Property.Holds(ChangedText.AnyOf(samples, s_pieces), Count, changed =>
        {
            Volfile volfile;
            try
            {
                volfile = VolfileParser.Parse(changed.Text);
            }
            catch (VolfileException exception)
            {
                Assert.InRange(exception.Line, 0, changed.Text.Split('\n').Length);
                return;
            }

            Assert.DoesNotContain("`", changed.Text, StringComparison.Ordinal);
            Assert.Equal(volfile, VolfileParser.Parse(VolfilePrinter.Print(volfile)));
        });
    }
}

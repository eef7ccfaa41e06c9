using System.CommandLine;
using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu heal compare</c>.</summary>
internal static class HealCompareCommand
{
    // Enough to tell two of them apart; all of it is in the JSON.
    private const int ShownOfChecksum = 16;

    internal static Command Create()
    {
        var path = new Argument<string>("PATH")
        {
            Description = "The file, as a path from the top of the pool, such as /dir/file.",
        };
        return PoolCommand.WithPool(
            "compare",
            "Show the copy of one file that each unit has, and whether they are equal. Contents are read on every unit. Exit " +
            "code 20: they are not, or it is not known. Example: kadalu heal compare pool1 /dir/file",
            async (parsed, pool, cancellation) =>
            {
                (string text, FileComparison found) = await Terminal.ShowAsync(show =>
                {
                    show($"reads the copies of {parsed.GetValue(path)}");
                    return ManagerAccess.SendAsync(
                        HealCommand.PathOf(pool, "/copies"), new CompareOrder(parsed.GetValue(path)!),
                        CommandJson.Default.CompareOrder, CommandJson.Default.FileComparison, cancellation);
                });
                if (parsed.GetValue(CommonOptions.Json))
                {
                    JsonOutput.Write(text);
                }
                else
                {
                    Show(found);
                }

                return HealCommand.CodeOf(found.Verdict == FileComparison.Equal);
            },
            path);
    }

    private static void Show(FileComparison found)
    {
        bool isDispersed = found.Copies.Any(copy => copy.File?.Fragment is not null);
        Terminal.Table(
            ["UNIT", "KIND", "SIZE", "MODIFIED", "MODE", "OWNER", "GFID", isDispersed ? "VERSION" : "SHA256", "MARKS"],
            found.Copies.Select(copy => copy.File is { } file
                ? new[]
                {
                    copy.Unit, file.IsPointer ? "pointer" : file.Kind, PlainText.Number(file.Size), file.Modified, file.Mode,
                    string.Create(CultureInfo.InvariantCulture, $"{file.User}:{file.Group}"), file.Gfid?.ToString() ?? "none",
                    isDispersed ? Describe(file.Fragment) : file.Sha256 is { } sha ? sha[..ShownOfChecksum] : file.Note ?? "-",
                    file.Marks.Length > 0 ? string.Join(", ", file.Marks.Select(Describe)) : "-",
                }
                : [copy.Unit, copy.Problem is null ? "no copy" : "not known", "-", "-", "-", "-", "-", "-", "-"]));
        foreach (string finding in found.Findings)
        {
            Terminal.Line(finding);
        }

        Terminal.Line($"{found.Path}: " + found.Verdict switch
        {
            FileComparison.Equal => "the copies are equal",
            FileComparison.Marked => "the copies are equal, but have marks: a change or a heal is not over",
            FileComparison.Different => "the copies are different",
            _ => "it is not known whether the copies are equal",
        });
    }

    private static string Describe(FragmentFacts? fragment) => fragment is null ? "-" : string.Create(
        CultureInfo.InvariantCulture, $"{fragment.DataVersion}/{fragment.MetadataVersion}") +
        (fragment.FileSize is { } size ? string.Create(CultureInfo.InvariantCulture, $" of {size} B") : "");

    // What the unit has missed.
    private static string Describe(CopyMark mark)
    {
        string[] parts =
        [
            .. mark.Data > 0 ? new[] { string.Create(CultureInfo.InvariantCulture, $"contents {mark.Data}") } : [],
            .. mark.Metadata > 0 ? new[] { string.Create(CultureInfo.InvariantCulture, $"metadata {mark.Metadata}") } : [],
            .. mark.Entries > 0 ? new[] { string.Create(CultureInfo.InvariantCulture, $"entries {mark.Entries}") } : [],
        ];
        return $"{mark.Unit ?? "dirty"}: {string.Join(" ", parts)}";
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool scrub</c>: compares the copies of all files, and changes nothing.</summary>
internal static class PoolScrubCommand
{
    private const int MiB = 1024 * 1024;
    private const int UsualRate = 32;
    private const int MaxRate = 1024 * 1024;

    // Of what is kept for JSON; all are counted, and said on the way.
    private const int MaxKept = 10_000;

    internal static Command Create()
    {
        var path = new Argument<string?>("PATH")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A file or directory, as a path from the top of the pool; all of it where none is given.",
        };
        var rate = new Option<int?>("--rate")
        {
            HelpName = "MIB",
            Description = string.Create(
                CultureInfo.InvariantCulture, $"How many MiB each node reads in a second at most (default {UsualRate})."),
        };
        return PoolCommand.WithPool(
            "scrub",
            "Compare the copies of all files: contents, sizes, times, permissions, owners, extended attributes. A line for " +
            "each copy that is not like the others, NODE:PATH; nothing is repaired. Of dispersed files versions and sizes " +
            "are compared, and contents are not. Exit code 20: copies differ, or could not be compared. Example: kadalu " +
            "pool scrub pool1 /home --rate 100",
            async (parsed, pool, cancellation) =>
            {
                int mebibytes = parsed.GetValue(rate) ?? UsualRate;
                if (mebibytes is < 1 or > MaxRate)
                {
                    throw new CommandException(ExitCode.Usage, $"--rate: {mebibytes} is not between 1 and {MaxRate}");
                }

                bool isJson = parsed.GetValue(CommonOptions.Json);
                Action<string> say = isJson ? Keep : Terminal.Line;
                var scrub = new Scrub(pool, parsed.GetValue(path) ?? "/", (long)mebibytes * MiB, say);
                ScrubReport report = await Terminal.ShowAsync(show => scrub.RunAsync(show, cancellation));
                if (isJson)
                {
                    JsonOutput.Write(JsonSerializer.Serialize(report, CommandJson.Default.ScrubReport));
                }
                else
                {
                    Show(report);
                }

                return HealCommand.CodeOf(report is { IsComplete: true, Different: 0, Waiting: 0, Problems: [] });
            },
            path, rate);
    }

    private static void Show(ScrubReport report)
    {
        foreach (string problem in report.Problems)
        {
            Terminal.Line($"not compared: {problem}");
        }

        foreach (string note in report.Notes)
        {
            Terminal.Line(note);
        }

        Terminal.Line(
            $"{(report.IsComplete ? "" : "ended early: ")}{Count(report.Files, report.Bytes)}, " +
            $"{PlainText.Number(report.Different)} copies different, {PlainText.Number(report.Waiting)} waiting for a heal or " +
            "being changed");
    }

    // It is in the report.
    private static void Keep(string finding)
    {
    }

    private static string Count(long files, long bytes) =>
        $"{PlainText.Number(files)} files compared, " + string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB} MiB of each");

    private sealed class Scrub(string pool, string path, long rate, Action<string> say)
    {
        private readonly List<ScrubFinding> _findings = [];
        private readonly List<string> _problems = [];
        private readonly List<string> _notes = [];
        private long _files;
        private long _bytes;
        private long _different;
        private long _waiting;

        internal async Task<ScrubReport> RunAsync(Action<string> show, CancellationToken cancellation)
        {
            ScrubPlace? place = null;
            bool isComplete = false;
            try
            {
                (_, PoolInfo info) = await PoolCommand.GetAsync(pool, cancellation);
                if (info.Type.EndsWith("Disperse", StringComparison.Ordinal))
                {
                    _notes.Add(
                        "each unit has another fragment of a file: their versions and sizes were compared, contents cannot be");
                }

                do
                {
                    show(
                        $"{Count(_files, _bytes)}, {PlainText.Number(_different)} copies different" +
                        (place is null ? "" : $", at {place.Path}"));
                    ScrubAnswer answer = (await ManagerAccess.SendAsync(
                        HealCommand.PathOf(pool, "/pieces"), new ScrubOrder(path, place, rate), CommandJson.Default.ScrubOrder,
                        CommandJson.Default.ScrubAnswer, cancellation)).Answer;
                    Take(answer);
                    place = answer.Next;
                }
                while (place is not null);
                isComplete = true;
            }
            catch (OperationCanceledException)
            {
                // What was found so far is said.
            }

            return new ScrubReport(
                pool, path, isComplete, _files, _bytes, _different, _waiting, [.. _findings], [.. _problems], [.. _notes]);
        }

        private void Take(ScrubAnswer answer)
        {
            _files += answer.Files;
            _bytes += answer.Bytes;
            _problems.AddRange(answer.Problems.Except(_problems));
            foreach (ScrubFinding finding in answer.Findings)
            {
                bool isDifferent = finding.Verdict == ScrubFinding.Different;
                (_different, _waiting) = isDifferent ? (_different + 1, _waiting) : (_different, _waiting + 1);
                say($"{finding.Unit}{finding.Path}: {finding.Verdict}: {finding.What}");
                if (_findings.Count < MaxKept)
                {
                    _findings.Add(finding);
                }
            }
        }
    }
}

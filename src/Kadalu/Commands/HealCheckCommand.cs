using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu heal check</c>.</summary>
internal static class HealCheckCommand
{
    private static readonly TimeSpan s_askEvery = TimeSpan.FromSeconds(1);

    internal static Command Create() => PoolCommand.WithPool(
        "check",
        "Compare the directory entries of all units: finds differences that no index knows of, which `kadalu heal start POOL " +
        "--full` heals. Exit code 20: there are some, or not all could be compared. Example: kadalu heal check pool1",
        async (parsed, pool, cancellation) =>
        {
            (string text, CheckAnswer answer) = await Terminal.ShowAsync(show => WaitAsync(pool, show, cancellation));
            CopyReport report = answer.Report;
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(text);
            }
            else
            {
                Show(answer.Node, report);
            }

            return HealCommand.CodeOf(report is { DifferenceCount: 0, Waiting: 0, Failure: null, Unreachable: [] });
        });

    private static async Task<(string Text, CheckAnswer Answer)> WaitAsync(
        string pool, Action<string> show, CancellationToken cancellation)
    {
        (string Text, CheckAnswer Answer) now = await AskAsync(pool, null, cancellation);
        while (now.Answer.Report.IsRunning)
        {
            show($"{now.Answer.Node} compares the units of {pool}: {Count(now.Answer.Report)}");
            await Task.Delay(s_askEvery, cancellation);
            now = await AskAsync(pool, now.Answer.Node, cancellation);
        }

        return now;
    }

    private static Task<(string Text, CheckAnswer Answer)> AskAsync(string pool, string? node, CancellationToken cancellation) =>
        ManagerAccess.SendAsync(
            HealCommand.PathOf(pool, "/checks"), new CheckOrder(node), CommandJson.Default.CheckOrder,
            CommandJson.Default.CheckAnswer, cancellation);

    private static void Show(string node, CopyReport report)
    {
        if (report.Differences.Length > 0)
        {
            Terminal.Table(
                ["UNIT", "PROBLEM", "PATH"],
                report.Differences.Select(difference => new[] { difference.Unit, difference.Problem, difference.Path }));
        }

        foreach (string unit in report.Unreachable)
        {
            Terminal.Line($"{unit} could not be asked by {node}");
        }

        if (report.Failure is not null)
        {
            Terminal.Line($"it ended early: {report.Failure}");
        }

        Terminal.Line(
            $"{Count(report)}, {PlainText.Number(report.Waiting)} not compared since they wait for a heal, " +
            $"{PlainText.Number(report.DifferenceCount)} differences");
    }

    private static string Count(CopyReport report) => $"{PlainText.Number(report.Directories)} directories compared";
}

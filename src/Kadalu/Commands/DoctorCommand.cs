using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.CommandLine;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu doctor</c>.</summary>
internal static class DoctorCommand
{
    internal static Command Create()
    {
        var command = new Command(
            "doctor",
            "Check all nodes of the cluster: agents, clocks, names, ports, units, mounts, disks, versions, certificates, " +
            "services, definitions of pools. Says what to do where something is wrong. Exit code 0: nothing is, there may be " +
            "warnings; 20: something is. Example: kadalu doctor");
        command.SetAction(async (parsed, cancellation) =>
        {
            (string text, DoctorReport report) = await Terminal.ShowAsync(show =>
            {
                show("the nodes check themselves");
                return ManagerAccess.GetAsync(ManagerPaths.Doctor, CommandJson.Default.DoctorReport, cancellation);
            });
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(text);
            }
            else
            {
                Show(report);
            }

            return HealCommand.CodeOf(report.IsWell);
        });
        return command;
    }

    private static void Show(DoctorReport report)
    {
        Terminal.Table(
            ["NODE", "CHECK", "STATE", "WHAT IS SO", "WHAT TO DO"],
            report.Lines.Select(line => new[]
            {
                line.Node ?? "-", line.Check, line.Verdict.ToString().ToLowerInvariant(), line.Said, line.ToDo ?? "",
            }));
        (int wrong, int warnings) = (Count(report, FindingVerdict.Wrong), Count(report, FindingVerdict.Warning));
        Terminal.Line(
            (wrong == 0 ? "nothing is wrong" : $"wrong: {PlainText.Number(wrong)}") +
            (warnings == 0 ? "" : $", warnings: {PlainText.Number(warnings)}"));
    }

    private static int Count(DoctorReport report, FindingVerdict verdict) => report.Lines.Count(line => line.Verdict == verdict);
}

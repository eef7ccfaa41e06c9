using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu heal info</c>.</summary>
internal static class HealInfoCommand
{
    internal static Command Create()
    {
        var split = new Option<bool>("--split-brain")
        {
            Description = "Only files in split-brain: their copies contradict each other.",
        };
        return PoolCommand.WithPool(
            "info",
            "List the files that have to be healed, by the unit that knows of them. Exit code 20: a unit could not be asked. " +
            "Example: kadalu heal info pool1 --split-brain",
            async (parsed, pool, cancellation) =>
            {
                bool onlySplitBrain = parsed.GetValue(split);
                (string text, HealFiles files) = await Terminal.ShowAsync(show =>
                {
                    show($"asks the units of {pool}");
                    return ManagerAccess.GetAsync(
                        HealCommand.PathOf(pool, onlySplitBrain ? "/files?splitBrain=true" : "/files"),
                        CommandJson.Default.HealFiles, cancellation);
                });
                if (parsed.GetValue(CommonOptions.Json))
                {
                    JsonOutput.Write(text);
                }
                else
                {
                    foreach (UnitFiles unit in files.Units)
                    {
                        Show(unit, onlySplitBrain);
                    }

                    HealCommand.Show(files.Problems, "could not be asked");
                }

                return HealCommand.CodeOf(files.Problems.Length == 0 && files.Units.All(unit => unit.Problem is null));
            },
            split);
    }

    private static void Show(UnitFiles unit, bool onlySplitBrain)
    {
        bool hasList = unit.Problem is null || unit.Count > 0;
        Terminal.Line($"{unit.Unit}: " + string.Join(", ", new[]
        {
            hasList ? $"{PlainText.Number(unit.Count)} {(onlySplitBrain ? "in split-brain" : "to heal")}" : null, unit.Problem,
        }.OfType<string>()));
        foreach (HealEntry file in unit.Files)
        {
            string how = onlySplitBrain ? ""
                : file.IsSplitBrain ? "  in split-brain" : file.IsHealing ? "  perhaps being healed" : "";
            Terminal.Line($"  {PlainText.Printable(file.Path)}{how}");
        }

        if (unit.Count > unit.Files.Length)
        {
            Terminal.Line($"  and {PlainText.Number(unit.Count - unit.Files.Length)} more");
        }
    }
}

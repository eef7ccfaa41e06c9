using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu heal resolve</c>.</summary>
internal static class HealResolveCommand
{
    internal static Command Create()
    {
        var file = new Argument<string?>("FILE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The file, as a path from the top of the pool, such as /dir/file; without it all files (--source).",
        };
        var source = new Option<string?>("--source") { HelpName = "NODE:PATH", Description = "The copy of this unit is right." };
        var latest = new Option<bool>("--latest-mtime") { Description = "The copy that was changed last is right." };
        var bigger = new Option<bool>("--bigger-file") { Description = "The biggest copy is right." };
        return PoolCommand.WithPool(
            "resolve",
            "Resolve split-brain: choose the right copy, which replaces the others (kadalu heal compare shows them). Example: " +
            "kadalu heal resolve pool1 /dir/file --source server2:/data/u",
            async (parsed, pool, cancellation) =>
            {
                ResolveOrder order = Read(
                    parsed.GetValue(file), parsed.GetValue(source), parsed.GetValue(latest), parsed.GetValue(bigger));
                CommonOptions.Confirm(
                    parsed,
                    $"{(order.Path is null ? $"All files of {pool} in split-brain become" : $"{order.Path} becomes")} what " +
                    $"{Describe(order)} has, and the other copies are lost.");
                (string text, ResolveAnswer answer) = await ManagerAccess.SendAsync(
                    HealCommand.PathOf(pool, "/resolutions"), order, CommandJson.Default.ResolveOrder,
                    CommandJson.Default.ResolveAnswer, cancellation);
                return CommonOptions.Show(parsed, text, () =>
                {
                    Terminal.Line(answer.Said);
                });
            },
            file, source, latest, bigger);
    }

    private static ResolveOrder Read(string? path, string? source, bool isLatest, bool isBigger)
    {
        SplitBrainPolicy policy = (source is not null, isLatest, isBigger) switch
        {
            (true, false, false) => SplitBrainPolicy.Source,
            (false, true, false) => SplitBrainPolicy.LatestMtime,
            (false, false, true) => SplitBrainPolicy.BiggerFile,
            _ => throw new CommandException(ExitCode.Usage, "say one of --source NODE:PATH, --latest-mtime, --bigger-file"),
        };
        return path is null && policy != SplitBrainPolicy.Source
            ? throw new CommandException(ExitCode.Usage, "say which FILE; only --source may be for all")
            : new ResolveOrder(policy, UnitCommand.WithoutBrackets(source), path);
    }

    private static string Describe(ResolveOrder order) => order.Policy switch
    {
        SplitBrainPolicy.Source => order.Source!,
        SplitBrainPolicy.LatestMtime => "the unit with the latest copy",
        _ => "the unit with the biggest copy",
    };
}

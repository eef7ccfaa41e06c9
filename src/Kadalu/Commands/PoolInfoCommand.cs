using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool info</c>.</summary>
internal static class PoolInfoCommand
{
    internal static Command Create() => PoolCommand.WithPool(
        "info", "Show what a pool is made of, and which options are set.", async (parsed, name, cancellation) =>
        {
            (string text, PoolInfo pool) = await PoolCommand.GetAsync(name, cancellation);
            return CommonOptions.Show(parsed, text, () => Show(pool, PoolCondition.ReadPool(pool.Definition)));
        });

    private static void Show(PoolInfo known, Pool pool)
    {
        Terminal.Line($"{known.Name}: {known.Type}{(pool.TieBreaker is null ? "" : " with a tie-breaker")}, {known.State}");
        Terminal.Line($"  id {known.Id}, revision {PlainText.Number(pool.Revision)}, digest {known.Digest}");
        Terminal.Line(
            pool.Port > 0 ? $"  port for volfiles, on every node: {PlainText.Number(pool.Port)}"
                : "  no port for volfiles of its own");
        if (known.Problem is { } problem)
        {
            Terminal.Line($"  {problem}");
        }

        Terminal.Table(
            ["NODE", "STATE", "REVISION"],
            known.Nodes.Select(node => new[]
            {
                node.Name,
                (node.State ?? "not heard of") + (node.IsBehind ? ", behind" : "") + (node.IsDrained ? ", drained" : ""),
                node.Revision is { } revision ? PlainText.Number(revision) : "-",
            }));
        Terminal.Line("");
        Terminal.Table(
            ["UNIT", "GROUP", "ROLE", "PORT"],
            pool.Units.Select(member => new[]
            {
                member.Unit.Address, member.Group < 0 ? "all" : PlainText.Number(member.Group + 1),
                member.Role.ToString().ToLowerInvariant(), PlainText.Number(member.Unit.Port),
            }));
        Terminal.Line("");
        if (pool.Options.IsEmpty)
        {
            Terminal.Line(PoolOptionCommands.NoneSet);
            return;
        }

        Terminal.Table(["OPTION", "VALUE"], pool.Options.Select(option => new[] { option.Key, option.Value }));
    }
}

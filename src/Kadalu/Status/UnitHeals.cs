using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;

namespace KadaluFsd.Kadalu.Status;

/// <summary>What is left to be healed in the group of a unit.</summary>
internal static class UnitHeals
{
    /// <summary>Selects the units from which a unit is healed, with itself. A tie-breaker is of all groups.</summary>
    /// <param name="units">The units of the pool.</param>
    /// <param name="unit">The unit, <c>NODE:PATH</c>.</param>
    /// <param name="describe">Says the address and the group of one.</param>
    internal static IEnumerable<T> SelectGroup<T>(
        IReadOnlyCollection<T> units, string unit, Func<T, (string Address, int? Group)> describe)
    {
        int? group = units.Select(describe).FirstOrDefault(one => one.Address == unit).Group;
        return units.Where(one => group is null || describe(one).Group == group);
    }

    /// <summary>Describes it, for people.</summary>
    /// <param name="status">How far heals of the pool are.</param>
    /// <param name="unit">The unit, <c>NODE:PATH</c>.</param>
    /// <returns>Null where all units of the group say that nothing is.</returns>
    internal static string? Describe(HealStatus status, string unit)
    {
        if (status.Units.Length == 0)
        {
            return status.Verdict == HealStatus.NoCopies ? null : $"{status.Pool} is {status.Verdict}";
        }

        UnitHealStatus[] group = [.. SelectGroup(status.Units, unit, one => (one.Unit, one.Group))];
        string[] silent = [.. group.Where(one => one.Waiting is null || one.ToCompare is null).Select(one => one.Unit)];
        long waiting = group.Max(one => (one.Waiting ?? 0) + (one.Changing ?? 0));
        int toCompare = group.Max(one => one.ToCompare ?? 0);
        return silent.Length > 0 ? $"{string.Join(", ", silent)}: not known what has to be healed"
            : waiting > 0 ? $"{PlainText.Number(waiting)} files have to be healed"
            : toCompare > 0 ? $"{PlainText.Number(toCompare)} directories are to be compared"
            : null;
    }
}

/// <summary>
/// When self-heal daemons are told to go through all files: once, and again when one of them was started since, which has forgotten it, or after
/// minutes, since what was locked is passed over.
/// </summary>
internal sealed class FullCrawlPace
{
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(3);

    private (TimeSpan At, string Daemons)? _last;

    /// <summary>Whether they are told now.</summary>
    /// <param name="now">The time, from any moment on.</param>
    /// <param name="daemons">Their processes.</param>
    internal bool IsDue(TimeSpan now, string daemons) =>
        _last is not { } last || last.Daemons != daemons || now - last.At > s_again;

    /// <summary>Notes that they were told.</summary>
    /// <param name="now">The time.</param>
    /// <param name="daemons">Their processes.</param>
    internal void Note(TimeSpan now, string daemons) => _last = (now, daemons);
}

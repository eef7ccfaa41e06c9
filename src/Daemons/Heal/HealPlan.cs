using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Heal;

/// <summary>What a self-heal daemon is going to run.</summary>
/// <param name="Volfile">As for <see cref="GraphPlan"/>.</param>
/// <param name="Units">The storage units that it is a client of.</param>
/// <param name="Missing">As above.</param>
/// <param name="Text">As above.</param>
internal sealed record HealPlan(Volfile Volfile, IReadOnlyList<HealedUnit> Units, ImmutableArray<Volume> Missing, byte[] Text)
    : GraphPlan(Volfile, Missing, Text)
{
    /// <summary>
    /// The groups of units that have copies, or parts, of the same. The tie-breaker, a group's last one, has marks instead of
    /// files.
    /// </summary>
    internal CopyGroup[] Groups =>
    [
        .. from unit in Units
           where unit.Group.Length > 0
           group unit.Volume by unit.Group into units
           let healer = Volfile.Volumes.First(volume => volume.Name == units.Key)
           select new CopyGroup(
               units.Key, [.. units.Where(unit => healer["thin-arbiter"] is null || unit != healer.Subvolumes[^1])]),
    ];

    /// <summary>Checks the text of a self-heal daemon's volfile.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="options">Say where it comes from, and what is set in it.</param>
    /// <param name="library">Knows which translators are installed.</param>
    /// <param name="live">What else is set in it, after that.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="CommandException">The volfile cannot be used; says in which line, and why.</exception>
    internal static HealPlan Parse(
        byte[] text, GraphOptions options, GlusterLibrary library, params IReadOnlyList<XlatorOption> live) =>
        Parse(text, options, library, live, (written, keepInstalled) =>
        {
            (Volfile volfile, ImmutableArray<Volume> missing) = keepInstalled();
            return new HealPlan(volfile, HealVolfile.Identify(volfile), missing, text);
        });

    /// <summary>
    /// Of how it is connected a client takes some options while it runs, ignores others, and is at odds with the rest.
    /// </summary>
    /// <param name="running">What is running.</param>
    /// <returns>Whether any differs.</returns>
    internal override bool NeedsNewGraph(GraphPlan running) => !Connections(this).SequenceEqual(Connections(running));

    private static IEnumerable<(string Name, string Key, string Value)> Connections(GraphPlan plan) =>
        plan.Volfile.OfType(HealVolfile.ClientType)
        .SelectMany(client => client.Options.OrderBy(option => option.Key, StringComparer.Ordinal), (client, option) =>
            (client.Name, option.Key, option.Value));

    /// <inheritdoc/>
    internal override string? FindObjection(GraphPlan running) => null;

    /// <inheritdoc/>
    internal override bool IsReserved(string type, string key) => key == HealVolfile.DaemonOption;
}

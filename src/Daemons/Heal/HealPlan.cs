using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Heal;

/// <summary>What a self-heal daemon is going to run.</summary>
/// <param name="Volfile">See <see cref="GraphPlan"/>.</param>
/// <param name="Units">The storage units that it is a client of.</param>
internal sealed record HealPlan(Volfile Volfile, IReadOnlyList<HealedUnit> Units, ImmutableArray<Volume> Missing, byte[] Text)
    : GraphPlan(Volfile, Missing, Text)
{
    /// <summary>
    /// The groups of units that have copies or fragments of the same files. A tie-breaker, the last of its group, has marks
    /// instead of files.
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
    /// <param name="options">Have its path, and options to set in it.</param>
    /// <param name="live">Further options to set in it.</param>
    /// <exception cref="CommandException">The volfile cannot be used; the message has line and reason.</exception>
    internal static HealPlan Parse(
        byte[] text, GraphProcessOptions options, GlusterLibrary library, params IReadOnlyList<XlatorOption> live) =>
        Make(options, () =>
        {
            (Volfile volfile, ImmutableArray<Volume> missing) =
                InstalledLayers.RemoveMissing(Read(text, options, live), library.HasTranslator);
            return new HealPlan(volfile, HealVolfile.Identify(volfile), missing, text);
        });

    /// <summary>Of the options of a connection a running client takes some, ignores others, and breaks with the rest.</summary>
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

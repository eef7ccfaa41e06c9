using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What a unit is going to run.</summary>
/// <param name="Volfile">As for <see cref="GraphPlan"/>, with the guard.</param>
/// <param name="Identity">What it says about the unit.</param>
/// <param name="Missing">As above.</param>
/// <param name="Text">As above.</param>
internal sealed record UnitPlan(Volfile Volfile, UnitIdentity Identity, ImmutableArray<Volume> Missing, byte[] Text)
    : GraphPlan(Volfile, Missing, Text)
{
    /// <summary>Checks the text of a unit's volfile.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="options">Say where it comes from, and what is set in it.</param>
    /// <param name="library">Knows which translators are installed.</param>
    /// <param name="live">What else is set in it, after that.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="CommandException">The volfile cannot be used; says in which line, and why.</exception>
    internal static UnitPlan Parse(
        byte[] text, GraphOptions options, GlusterLibrary library, params IReadOnlyList<XlatorOption> live) =>
        Parse(text, options, library, live, (written, keepInstalled) =>
        {
            string directory = UnitVolfile.Identify(written).Directory;
            if (options.BrickName is { } brick && brick != directory)
            {
                throw new VolfileException(0, $"it is for {directory}, not for the brick {brick}");
            }

            if (UnitVolfile.OwnTypes.FirstOrDefault(type => !library.HasTranslator(type)) is { } lacking)
            {
                throw new CommandException(
                    ExitCode.GraphFailed, $"{library.OwnTranslatorDirectory} lacks {lacking}: install all of one build");
            }

            (Volfile installed, ImmutableArray<Volume> missing) = keepInstalled();
            Volfile volfile = UnitVolfile.WithOwnTranslators(installed);
            return new UnitPlan(volfile, UnitVolfile.Identify(volfile), missing, text);
        });

    /// <summary>The text that the graph is built from.</summary>
    /// <param name="listenPath">Where its server is to listen.</param>
    /// <returns>A volfile.</returns>
    internal string TextFor(string listenPath) =>
        VolfilePrinter.Print(UnitVolfile.WithoutHealthCheck(UnitVolfile.ListenPrivately(Volfile, listenPath)));

    /// <inheritdoc/>
    internal override string? FindObjection(GraphPlan running) =>
        running is UnitPlan { Identity: var now } &&
        (Identity.Directory != now.Directory || Identity.VolumeId != now.VolumeId)
            ? "it is for another directory or volume now"
            : null;

    /// <inheritdoc/>
    internal override bool IsReserved(string type, string key) => UnitVolfile.IsSetByTheUnit(type, key);
}

using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What a unit is going to run.</summary>
/// <param name="Volfile">See <see cref="GraphPlan"/>; with our own translators.</param>
/// <param name="Identity">The unit as the volfile identifies it.</param>
/// <param name="ListenAddress">Where the volfile says that clients connect to.</param>
internal sealed record UnitPlan(
    Volfile Volfile, UnitIdentity Identity, (string? Address, int? Port) ListenAddress, ImmutableArray<Volume> Missing,
    byte[] Text)
    : GraphPlan(Volfile, Missing, Text)
{
    /// <summary>Checks the text of a unit's volfile.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="options">Have its path, and options to set in it.</param>
    /// <param name="live">Further options to set in it.</param>
    /// <exception cref="CommandException">The volfile cannot be used; the message has line and reason.</exception>
    internal static UnitPlan Parse(
        byte[] text, GraphProcessOptions options, GlusterLibrary library, params IReadOnlyList<XlatorOption> live) =>
        Make(options, () =>
        {
            Volfile written = Read(text, options, live);
            string directory = UnitVolfile.Identify(written).Directory;
            if (options.BrickName is { } brick && brick != directory)
            {
                throw new VolfileException(0, $"it is for {directory}, not for the brick {brick}");
            }

            if (OwnTranslators.Types.FirstOrDefault(type => !library.HasTranslator(type)) is { } lacking)
            {
                throw new CommandException(
                    ExitCode.GraphFailed, $"{library.OwnTranslatorDirectory} lacks {lacking}: install all of one build");
            }

            (Volfile installed, ImmutableArray<Volume> missing) =
                InstalledLayers.RemoveMissing(written, library.HasTranslator);
            Volfile volfile = UnitVolfile.WithoutThreadLimits(OwnTranslators.AddTo(installed));
            return new UnitPlan(
                volfile, UnitVolfile.Identify(volfile), UnitVolfile.ReadListenAddress(volfile), missing, text);
        });

    /// <summary>The text that the graph is built from.</summary>
    /// <param name="listenPath">The path that its server listens on.</param>
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

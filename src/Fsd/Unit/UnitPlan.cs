using System.Collections.Immutable;
using System.Text;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Fsd.Unit;

/// <summary>What a unit is going to run, worked out from its volfile before anything is touched.</summary>
/// <param name="Volfile">The volfile without translators that are not installed.</param>
/// <param name="Identity">What it says about the unit.</param>
/// <param name="Missing">The volumes that were left out.</param>
/// <param name="Text">The volfile as it was read; not to be changed.</param>
internal sealed record UnitPlan(Volfile Volfile, UnitIdentity Identity, ImmutableArray<Volume> Missing, byte[] Text)
{
    // A wrong byte must not become another path in silence.
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads and checks a unit's volfile.</summary>
    /// <param name="options">Say where the volfile is, and what is set in it.</param>
    /// <param name="library">Knows which translators are installed.</param>
    /// <param name="live">What else is set in it, after that.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="StartException">The volfile cannot be used; says in which line, and why.</exception>
    internal static UnitPlan Read(DaemonOptions options, GlusterLibrary library, params IReadOnlyList<XlatorOption> live)
    {
        try
        {
            return new FileInfo(options.Volfile) is { Exists: true, Length: > VolfileParser.MaxLength }
                ? throw Refused(options.Volfile, $"longer than {VolfileParser.MaxLength} bytes")
                : Parse(File.ReadAllBytes(options.Volfile), options, library, live);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(options.Volfile, exception.Message);
        }
    }

    /// <summary>Checks the text of a unit's volfile.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="options">Say where it comes from, and what is set in it.</param>
    /// <param name="library">Knows which translators are installed.</param>
    /// <param name="live">What else is set in it, after that.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="StartException">The volfile cannot be used; says in which line, and why.</exception>
    internal static UnitPlan Parse(byte[] text, DaemonOptions options, GlusterLibrary library, params IReadOnlyList<XlatorOption> live)
    {
        try
        {
            Volfile written = XlatorOption.Apply(VolfileParser.Parse(s_strictUtf8.GetString(text)), [.. options.XlatorOptions, .. live]);
            string directory = UnitVolfile.Identify(written).Directory;
            if (options.BrickName is { } brick && brick != directory)
            {
                throw new VolfileException(0, $"it is for {directory}, not for the brick {brick}");
            }

            (Volfile volfile, ImmutableArray<Volume> missing) = UnitVolfile.WithoutMissing(written, library.HasTranslator);
            return new UnitPlan(volfile, UnitVolfile.Identify(volfile), missing, text);
        }
        catch (VolfileException exception)
        {
            throw Refused(options.Volfile, exception.Message);
        }
        catch (DecoderFallbackException exception)
        {
            throw Refused(options.Volfile, $"byte {exception.Index} is not UTF-8");
        }
    }

    /// <summary>The text that the graph is built from.</summary>
    /// <param name="listenPath">Where its server is to listen.</param>
    /// <returns>A volfile.</returns>
    internal string TextFor(string listenPath) =>
        VolfilePrinter.Print(UnitVolfile.WithoutHealthCheck(UnitVolfile.ListenPrivately(Volfile, listenPath)));

    private static StartException Refused(string path, string reason) => new(ExitCode.VolfileRefused, $"volfile {path}: {reason}");
}

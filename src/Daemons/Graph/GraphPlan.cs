using System.Collections.Immutable;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Graph;

/// <summary>What a process is going to run, worked out from its volfile before anything is touched.</summary>
/// <param name="Volfile">The volfile without translators that are not installed.</param>
/// <param name="Missing">The volumes that were left out.</param>
/// <param name="Text">The volfile as it was read; not to be changed.</param>
internal abstract record GraphPlan(Volfile Volfile, ImmutableArray<Volume> Missing, byte[] Text)
{
    // A wrong byte must not become another path in silence.
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Says why a running graph cannot become this one, whatever its translators are.</summary>
    /// <param name="running">What is running.</param>
    /// <returns>Why; null where nothing is against it.</returns>
    internal abstract string? FindObjection(GraphPlan running);

    /// <summary>Whether a running graph cannot take this one's options although its translators are the same.</summary>
    /// <param name="running">What is running.</param>
    /// <returns>Whether it must be built anew.</returns>
    internal virtual bool NeedsNewGraph(GraphPlan running) => false;

    /// <summary>True for options that the process sets itself or that identify it; they cannot be changed at run time.</summary>
    /// <param name="type">The translator.</param>
    /// <param name="key">The option's name.</param>
    /// <returns>Whether it is.</returns>
    internal abstract bool IsReserved(string type, string key);

    /// <summary>Reads a volfile's text.</summary>
    /// <param name="path">Path of the volfile.</param>
    /// <returns>The text.</returns>
    /// <exception cref="CommandException">It cannot be read, or is too long.</exception>
    protected internal static byte[] ReadText(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > VolfileParser.MaxLength }
                ? throw Refused(path, $"longer than {VolfileParser.MaxLength} bytes")
                : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, exception.Message);
        }
    }

    /// <summary>Checks a volfile's text.</summary>
    /// <typeparam name="T">The plan.</typeparam>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="options">Say where it comes from, and what is set in it.</param>
    /// <param name="library">Knows which translators are installed.</param>
    /// <param name="live">What else is set in it, after that.</param>
    /// <param name="plan">Makes the plan of the volfile as written, what is left of it, and what is missing; may throw a
    /// <see cref="VolfileException"/>.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="CommandException">The volfile cannot be used; says in which line, and why.</exception>
    protected static T Parse<T>(
        byte[] text, GraphOptions options, GlusterLibrary library, IReadOnlyList<XlatorOption> live, Func<Volfile,
        Func<(Volfile Volfile, ImmutableArray<Volume> Missing)>, T> plan)
    {
        try
        {
            Volfile written =
                XlatorOption.Apply(VolfileParser.Parse(s_strictUtf8.GetString(text)), [.. options.ParseXlatorOptions(), .. live]);
            return plan(written, () => InstalledLayers.Keep(written, library.HasTranslator));
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

    private static CommandException Refused(string path, string reason) =>
        new(ExitCode.VolfileRefused, $"volfile {path}: {reason}");
}

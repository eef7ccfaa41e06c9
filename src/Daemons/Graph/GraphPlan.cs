using System.Collections.Immutable;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Graph;

/// <summary>What a process is going to run: made of its volfile before anything is changed.</summary>
/// <param name="Volfile">The volfile without translators that are not installed.</param>
/// <param name="Missing">The volumes that were left out.</param>
/// <param name="Text">The volfile as it was read; not to be changed.</param>
internal abstract record GraphPlan(Volfile Volfile, ImmutableArray<Volume> Missing, byte[] Text)
{
    // An invalid byte must not silently become another path.
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Checks whether a running graph may become this one.</summary>
    /// <returns>Why it may not; null where it may.</returns>
    internal abstract string? FindObjection(GraphPlan running);

    /// <summary>Whether a running graph with the same translators cannot take the options of this one.</summary>
    /// <returns>Whether a restart is needed.</returns>
    internal virtual bool NeedsNewGraph(GraphPlan running) => false;

    /// <summary>True for options that the process sets itself or that identify it; they cannot be changed at run time.</summary>
    internal abstract bool IsReserved(string type, string key);

    /// <summary>Reads a volfile's text.</summary>
    /// <param name="path">Path of the volfile.</param>
    /// <exception cref="CommandException">It cannot be read, or is too long.</exception>
    protected internal static byte[] ReadText(string path)
    {
        try
        {
            // A pipe could be read once only, and opening one may take for ever.
            return FileStatus.Read(path, out FileStatus status) == Errno.None && !status.IsRegular
                ? throw Refused(path, "not a regular file")
                : BoundedFile.Read(path, VolfileParser.MaxLength);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, exception.Message);
        }
    }

    /// <summary>Parses a volfile's text and sets the options in it.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="options">Have its path, and options to set in it.</param>
    /// <param name="live">Further options to set in it.</param>
    /// <exception cref="VolfileException">It is no volfile, or an option cannot be set in it.</exception>
    protected static Volfile Read(byte[] text, GraphProcessOptions options, IReadOnlyList<XlatorOption> live)
    {
        try
        {
            return XlatorOption.Apply(
                VolfileParser.Parse(s_strictUtf8.GetString(text)), [.. options.ParseXlatorOptions(), .. live]);
        }
        catch (DecoderFallbackException exception)
        {
            throw new VolfileException(0, $"byte {exception.Index} is not UTF-8");
        }
    }

    /// <summary>Makes a plan; what is wrong with the volfile ends the process.</summary>
    /// <param name="options">Have the volfile's path.</param>
    /// <param name="make">May throw a <see cref="VolfileException"/>.</param>
    /// <exception cref="CommandException">The volfile cannot be used; the message has line and reason.</exception>
    protected static T Make<T>(GraphProcessOptions options, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (VolfileException exception)
        {
            throw Refused(options.Volfile, exception.Message);
        }
    }

    private static CommandException Refused(string path, string reason) =>
        new(ExitCode.VolfileRefused, $"volfile {path}: {reason}");
}

using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Brings a graph up, and turns its failure into words.</summary>
public static class HostedGraph
{
    private static readonly TimeSpan s_proofTimeout = TimeSpan.FromSeconds(10);

    // As GlusterFS writes a level, and as JSON has it.
    private static readonly string[] s_errorMarks = ["] E [", "] C [", "\"level\":\"ERROR\"", "\"level\":\"CRITICAL\""];

    /// <summary>Loads libkfsd.</summary>
    /// <returns>The library, its accept hook proved to be in effect.</returns>
    /// <exception cref="CommandException">It cannot be used; says why.</exception>
    public static GlusterLibrary LoadLibrary()
    {
        try
        {
            return GlusterLibrary.Load();
        }
        catch (GraphException exception)
        {
            throw new CommandException(ExitCode.GraphFailed, exception.Message);
        }
    }

    /// <summary>Opens the process's context and its log.</summary>
    /// <param name="context">The context.</param>
    /// <param name="library">The library.</param>
    /// <param name="options">Say where, how and how much to log.</param>
    /// <param name="name">The volfile's name, as its translators report it.</param>
    /// <exception cref="CommandException">It cannot be opened; says why.</exception>
    internal static void Open(GlusterContext context, GlusterLibrary library, LogOptions options, string name)
    {
        MakeLog(options.Path);
        try
        {
            context.Open(library, options.Path, options.Level, name);
            context.SetLogFormat(LogFormatFor(options));
            context.SetLogLimit(options.Limit);
        }
        catch (GraphException exception)
        {
            throw new CommandException(ExitCode.GraphFailed, exception.Message);
        }
    }

    /// <summary>Builds a graph with a server.</summary>
    /// <param name="context">The context.</param>
    /// <param name="textFor">The volfile, given where its server is to listen.</param>
    /// <param name="log">Path of the log, from which the reason of a failure is taken.</param>
    /// <returns>Where its server was told to listen; nothing is left there.</returns>
    public static string Start(GlusterContext context, Func<string, string> textFor, string log)
    {
        DirectoryInfo directory = CreateDirectory();
        string listenPath = Path.Combine(directory.FullName, "graph");
        try
        {
            Try(context, log, () => context.StartGraph(textFor(listenPath), listenPath));
            return listenPath;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Builds a graph that is a client of storage units.</summary>
    /// <param name="context">The context.</param>
    /// <param name="volfile">What to build.</param>
    /// <param name="log">Path of the log, from which the reason of a failure is taken.</param>
    public static void StartClient(GlusterContext context, Volfile volfile, string log) =>
        Try(context, log, () => context.StartClientGraph(VolfilePrinter.Print(volfile)));

    /// <summary>Logs what is worth knowing before the graph starts.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="plan">What is going to run.</param>
    /// <param name="closedDescriptors">How many descriptors the parent process had left open.</param>
    /// <param name="retry">The process before.</param>
    internal static void Report(ILogger logger, GraphPlan plan, int closedDescriptors, Retry retry)
    {
        if (retry.WaitedMilliseconds > 0)
        {
            GraphLifeLog.WaitedForPredecessor(logger, retry.WaitedMilliseconds);
        }

        foreach (Volume volume in plan.Missing)
        {
            GraphLifeLog.TranslatorMissing(logger, volume.Name, volume.Type);
        }

        if (closedDescriptors > 0)
        {
            GraphLifeLog.DescriptorsClosed(logger, closedDescriptors);
        }
    }

    // With priorities where systemd's journal reads it.
    private static GlusterLogFormat LogFormatFor(LogOptions options) =>
        options.Format == LogFormat.Text
            ? GlusterLogFormat.Text
            : options.Path == "-" && JournalStream.IsStandardError()
            ? GlusterLogFormat.JsonForJournal : GlusterLogFormat.Json;

    /// <summary>Proves that clients given to the graph will be let in. Takes as long as the graph needs to come up.</summary>
    /// <param name="context">The context, its graph started.</param>
    /// <param name="log">Path of the log, from which the reason of a failure is taken.</param>
    internal static void Prove(GlusterContext context, string log) =>
        Try(context, log, () => context.ProveSetVolume(s_proofTimeout));

    /// <summary>Does something with a graph.</summary>
    /// <param name="context">The context.</param>
    /// <param name="log">Path of the log, from which the reason of a failure is taken.</param>
    /// <param name="action">What to do.</param>
    /// <exception cref="CommandException">It fails; says what the log says.</exception>
    public static void Try(GlusterContext context, string log, Action action)
    {
        // A log that is a pipe or a terminal is where somebody reads it already.
        bool isFile = FileStatus.Read(log, out FileStatus status) == Errno.None && status.IsRegular;
        long logLength = isFile ? new FileInfo(log).Length : 0;
        try
        {
            action();
        }
        catch (GraphException exception)
        {
            context.FinishLog();
            string reason = (isFile ? FirstError(log, logLength) : null) ?? $"the log ({log}) says why";
            throw new CommandException(ExitCode.GraphFailed, $"the graph did not come up: {exception.Message}: {reason}");
        }
    }

    // libglusterfs would make it too, but its directory as the umask wants it, and with words of its own where it cannot. A pipe
    // or a terminal is left alone.
    private static void MakeLog(string path)
    {
        if (path == "-" || (FileStatus.Read(path, out FileStatus there) == Errno.None && !there.IsRegular))
        {
            return;
        }

        try
        {
            OwnFiles.Append(path, FileModes.Secret).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.GraphFailed, $"cannot open the log {path}: {exception.Message}");
        }
    }

    private static DirectoryInfo CreateDirectory()
    {
        try
        {
            return Directory.CreateTempSubdirectory("kadalu-fsd-");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.GraphFailed,
                $"cannot create a directory for the graph's private socket in {Path.GetTempPath()}: {exception.Message}");
        }
    }

    // The first error is the cause; later ones are other translators giving up because of it.
    private static string? FirstError(string log, long from)
    {
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(from, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (s_errorMarks.Any(mark => line.Contains(mark, StringComparison.Ordinal)))
            {
                return line;
            }
        }

        return null;
    }
}

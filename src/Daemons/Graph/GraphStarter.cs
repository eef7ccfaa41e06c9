using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Starts graphs, and reports why one does not come up.</summary>
public static class GraphStarter
{
    private static readonly TimeSpan s_proofTimeout = TimeSpan.FromSeconds(10);

    // An error line in GlusterFS's format and in JSON.
    private static readonly string[] s_errorMarks = ["] E [", "] C [", "\"level\":\"ERROR\"", "\"level\":\"CRITICAL\""];

    /// <summary>Loads libkfsd.</summary>
    /// <returns>The library; its accept hook is in effect.</returns>
    /// <exception cref="CommandException">It cannot be used; the message says why.</exception>
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
    /// <exception cref="CommandException">It cannot be opened; the message says why.</exception>
    internal static void Open(GlusterContext context, GlusterLibrary library, LogOptions options, string name)
    {
        MakeLog(options.Path);

        // A translator that cannot do without it says so.
        _ = GlusterRunDirectory.Create();
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
    /// <param name="textFor">Makes the volfile for a path that its server listens on.</param>
    /// <param name="log">Path of the log, which the reason of a failure is read from.</param>
    /// <returns>The path that its server listens on; nothing is left there.</returns>
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
    /// <param name="log">Path of the log, which the reason of a failure is read from.</param>
    public static void StartClient(GlusterContext context, Volfile volfile, string log) =>
        Try(context, log, () => context.StartClientGraph(VolfilePrinter.Print(volfile)));

    /// <summary>Logs missing translators and inherited descriptors before the graph starts.</summary>
    /// <param name="plan">What the process is going to run.</param>
    /// <param name="closedDescriptors">The number of descriptors that the parent process had left open.</param>
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

    // With priorities if systemd's journal reads it.
    private static GlusterLogFormat LogFormatFor(LogOptions options) =>
        options.Format == LogFormat.Text
            ? GlusterLogFormat.Text
            : options.Path == "-" && JournalStream.IsStandardError()
            ? GlusterLogFormat.JsonForJournal : GlusterLogFormat.Json;

    /// <summary>Proves that clients of the graph are authenticated. Takes as long as the graph needs to come up.</summary>
    /// <param name="context">The context; its graph has been started.</param>
    /// <param name="log">Path of the log, which the reason of a failure is read from.</param>
    internal static void Prove(GlusterContext context, string log) =>
        Try(context, log, () => context.ProveSetVolume(s_proofTimeout));

    /// <summary>Runs an action on a graph.</summary>
    /// <param name="log">Path of the log, which the reason of a failure is read from.</param>
    /// <exception cref="CommandException">It fails; the message has the log's reason.</exception>
    public static void Try(GlusterContext context, string log, Action action)
    {
        // A log that is a pipe or a terminal cannot be read here.
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

    // libglusterfs would create it too, but with a directory mode from the umask and with its own messages. A pipe or a terminal
    // is left alone, but for a pipe that nobody reads: opening it waits for a reader.
    private static void MakeLog(string path)
    {
        if (path == "-" || (FileStatus.Read(path, out FileStatus there) == Errno.None && !there.IsRegular && !there.IsPipe))
        {
            return;
        }

        try
        {
            OwnFiles.Append(path, FileModes.Secret).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                SystemRefusal.CodeOf(exception, ExitCode.Usage), $"cannot open the log {path}: {exception.Message}");
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
                SystemRefusal.CodeOf(exception, ExitCode.GraphFailed),
                $"cannot create a directory for the graph's private socket in {Path.GetTempPath()}: {exception.Message}");
        }
    }

    // The first error is the cause; later ones are consequences in other translators.
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

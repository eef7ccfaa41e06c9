using KadaluFsd.Contract;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Hosting;

/// <summary>Brings a graph up, and turns its failure into words.</summary>
internal static class HostedGraph
{
    private static readonly TimeSpan s_proofTimeout = TimeSpan.FromSeconds(10);

    // As GlusterFS writes a level, and as JSON has it.
    private static readonly string[] s_errorMarks = ["] E [", "] C [", "\"level\":\"ERROR\"", "\"level\":\"CRITICAL\""];

    /// <summary>Loads libkfsd.</summary>
    /// <returns>The library, its accept hook proved to be in effect.</returns>
    /// <exception cref="CommandException">It cannot be used; says why.</exception>
    internal static GlusterLibrary LoadLibrary()
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

    /// <summary>Creates the process's context, and opens the log, which gets the process's own lines from here on.</summary>
    /// <param name="library">The library.</param>
    /// <param name="services">Say where, how and how much to log.</param>
    /// <returns>The context.</returns>
    internal static GlusterContext CreateContext(GlusterLibrary library, DaemonServices services)
    {
        DaemonOptions options = services.Options;
        MakeLog(options.Log);
        try
        {
            var context = GlusterContext.Create(library, options.Log, options.LogLevel, options.VolfileId ?? Path.GetFileNameWithoutExtension(options.Volfile));
            context.SetLogFormat(LogFormatFor(options));
            context.SetLogLimit(options.LogLimit);
            services.Log.Open(new GraphLogOutput(context));
            return context;
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
    internal static string Start(GlusterContext context, Func<string, string> textFor, string log)
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
    /// <param name="plan">What to build.</param>
    /// <param name="log">As above.</param>
    /// <returns>True; it throws otherwise.</returns>
    internal static bool StartClient(GlusterContext context, GraphPlan plan, string log) => StartClient(context, plan.Volfile, log);

    /// <summary>The same of a volfile.</summary>
    /// <param name="context">The context.</param>
    /// <param name="volfile">What to build.</param>
    /// <param name="log">As above.</param>
    /// <returns>True; it throws otherwise.</returns>
    internal static bool StartClient(GlusterContext context, Volfile volfile, string log)
    {
        Try(context, log, () => context.StartClientGraph(VolfilePrinter.Print(volfile)));
        return true;
    }

    /// <summary>Logs what is worth knowing before the graph starts.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="plan">What is going to run.</param>
    /// <param name="closedDescriptors">How many descriptors the parent process had left open.</param>
    /// <param name="retry">The process before.</param>
    internal static void Report(ILogger logger, GraphPlan plan, int closedDescriptors, Retry retry)
    {
        if (retry.WaitedMilliseconds > 0)
        {
            LifeLog.WaitedForPredecessor(logger, retry.WaitedMilliseconds);
        }

        foreach (Volume volume in plan.Missing)
        {
            LifeLog.TranslatorMissing(logger, volume.Name, volume.Type);
        }

        if (closedDescriptors > 0)
        {
            LifeLog.DescriptorsClosed(logger, closedDescriptors);
        }
    }

    /// <summary>What goes into the last words of a process that crashes.</summary>
    /// <param name="plan">What it runs.</param>
    /// <param name="library">The library.</param>
    /// <returns>Lines.</returns>
    internal static string LastWordsHeading(GraphPlan plan, GlusterLibrary library) =>
        $"kadalu-fsd: {ProgramVersion.Text}\nglusterfs: {library.GlusterFsVersion}\ngraph: {string.Join(" > ", plan.Volfile.Volumes.Reverse().Select(volume => volume.Type))}\n";

    // With priorities where systemd's journal reads it.
    private static GlusterLogFormat LogFormatFor(DaemonOptions options) =>
        options.LogFormat == LogFormat.Text ? GlusterLogFormat.Text : options.Log == "-" && JournalStream.IsStandardError() ? GlusterLogFormat.JsonForJournal : GlusterLogFormat.Json;

    /// <summary>Proves that clients given to the graph will be let in. Takes as long as the graph needs to come up.</summary>
    /// <param name="context">The context, its graph started.</param>
    /// <param name="log">As above.</param>
    /// <returns>True; it throws otherwise.</returns>
    internal static bool Prove(GlusterContext context, string log)
    {
        Try(context, log, () => context.ProveSetVolume(s_proofTimeout));
        return true;
    }

    /// <summary>Does something with a graph.</summary>
    /// <param name="context">The context.</param>
    /// <param name="log">As above.</param>
    /// <param name="action">What to do.</param>
    /// <exception cref="CommandException">It fails; says what the log says.</exception>
    internal static void Try(GlusterContext context, string log, Action action)
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

    // libglusterfs would make it too, but its directory as the umask wants it, and with words of its own where it cannot. A pipe or a terminal is left alone.
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
            throw new CommandException(ExitCode.GraphFailed, $"cannot create a directory for the graph's private socket in {Path.GetTempPath()}: {exception.Message}");
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

using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>
/// Prepares what a process with a graph is going to run, and finds every reason not to start that can be found without changing
/// anything.
/// </summary>
internal abstract class GraphPreparation(GraphProcessOptions options) : Part
{
    /// <summary>The options.</summary>
    protected GraphProcessOptions Options { get; } = options;

    internal GlusterLibrary Library { get => field ?? throw NotStarted(); private set; }

    /// <summary>Retries while a previous process of the same unit or pool is still there.</summary>
    internal Retry Retry { get => field ?? throw NotStarted(); private set; }

    /// <summary>What the process is going to run.</summary>
    internal abstract GraphPlan Graph { get; }

    /// <summary>Checks a volfile.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="live">Options to set in it, whatever it says.</param>
    /// <returns>What it makes the process run.</returns>
    /// <exception cref="CommandException">It cannot be used; the message has line and reason.</exception>
    internal abstract GraphPlan Parse(byte[] text, IReadOnlyList<XlatorOption> live);

    /// <summary>The text that the graph is given.</summary>
    internal abstract string TextOf(GraphPlan plan);

    /// <summary>Logs what is going to run.</summary>
    internal abstract void Announce(ILogger logger);

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        Library = GraphStarter.LoadLibrary();
        Prepare();
        Retry = new Retry(Options.PredecessorTimeout);
        return Task.CompletedTask;
    }

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="CommandException">The process cannot start.</exception>
    protected abstract void Prepare();

    /// <summary>The exception for a value that is read before it is known: a defect.</summary>
    protected static InvalidOperationException NotStarted() => new("it has not been prepared yet");
}

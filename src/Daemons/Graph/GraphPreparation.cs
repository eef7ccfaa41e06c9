using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>
/// What a process with a graph is going to run, and every reason not to that can be seen without changing anything.
/// </summary>
/// <param name="options">What it was told.</param>
internal abstract class GraphPreparation(GraphOptions options) : Part
{
    /// <summary>What it was told.</summary>
    protected GraphOptions Options { get; } = options;

    /// <summary>The library.</summary>
    internal GlusterLibrary Library { get => field ?? throw NotStarted(); private set; }

    /// <summary>Waits for an earlier process of the same unit or pool.</summary>
    internal Retry Retry { get => field ?? throw NotStarted(); private set; }

    /// <summary>What is going to run.</summary>
    internal abstract GraphPlan Graph { get; }

    /// <summary>Checks a text of the volfile.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="live">What is set in it, whatever it says.</param>
    /// <returns>What it is to run.</returns>
    /// <exception cref="CommandException">It cannot be used; says in which line, and why.</exception>
    internal abstract GraphPlan Parse(byte[] text, IReadOnlyList<XlatorOption> live);

    /// <summary>The text that the graph is given for a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>A volfile.</returns>
    internal abstract string TextOf(GraphPlan plan);

    /// <summary>Logs what is going to run.</summary>
    /// <param name="logger">The log.</param>
    internal abstract void Announce(ILogger logger);

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        Library = HostedGraph.LoadLibrary();
        Prepare();
        Retry = new Retry(Options.PredecessorTimeout);
        return Task.CompletedTask;
    }

    /// <summary>Looks at everything.</summary>
    /// <exception cref="CommandException">The process cannot start.</exception>
    protected abstract void Prepare();

    /// <summary>What is thrown where something is asked for before it is known: a defect.</summary>
    /// <returns>The exception.</returns>
    protected static InvalidOperationException NotStarted() => new("it has not been prepared yet");
}

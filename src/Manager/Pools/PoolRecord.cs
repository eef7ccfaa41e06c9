using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>What is to be of a pool.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PoolPhase>))]
internal enum PoolPhase
{
    /// <summary>It is being created, and is nobody's yet.</summary>
    Creating,

    /// <summary>It is there, and its units do not run.</summary>
    Stopped,

    /// <summary>Its units run.</summary>
    Started,

    /// <summary>It is being taken away.</summary>
    Deleting,
}

/// <summary>What is known of a pool.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Phase">What is to be of it.</param>
/// <param name="Definition">Its definition, in the form of its document.</param>
/// <param name="Task">The task that changes it now; null for none.</param>
/// <param name="Left">While it is taken away: ids of the nodes that have it still. Empty otherwise.</param>
/// <param name="Missed">What changes may do that a node has missed; null where none has.</param>
/// <param name="Last">The number of its latest task; null where that is not known.</param>
/// <param name="IsOlder">
/// Whether a node knows more of it than this state, such as an older copy: nothing is done with it until a person says what holds.
/// </param>
/// <param name="Drained">Ids of the nodes whose units were stopped by a drain, though the pool is started; null for none.</param>
/// <param name="Unstarted">Ids of the nodes that were away when it was started, or could not, and have to do that still; null for none.</param>
internal sealed record PoolRecord(
    Guid Id, string Name, PoolPhase Phase, JsonElement Definition, long? Task, Guid[] Left, StepChangeTerms? Missed = null,
    long? Last = null, bool IsOlder = false, Guid[]? Drained = null, Guid[]? Unstarted = null)
{
    /// <summary>What a change may do that nobody was asked about.</summary>
    internal static readonly StepChangeTerms Harmless = new(Restart: false, MayDisturbExports: false);

    /// <summary>Whether its units on a node were stopped by a drain.</summary>
    internal bool IsDrained(Guid node) => Drained?.Contains(node) == true;

    /// <summary>The same with what is known of units that do not run although it is started.</summary>
    /// <param name="before">What was known of it; null for nothing.</param>
    /// <param name="pool">The pool as it is now, which may have other nodes.</param>
    internal PoolRecord WithRunsOf(PoolRecord? before, Pool pool)
    {
        HashSet<Guid> there = [.. PoolText.NodesOf(pool).Select(node => Guid.Parse(node.Id))];
        Guid[]? Keep(Guid[]? nodes) =>
            Phase == PoolPhase.Started && nodes?.Where(there.Contains).ToArray() is { Length: > 0 } kept ? kept : null;
        return this with { Drained = Keep(before?.Drained), Unstarted = Keep(before?.Unstarted) };
    }

    /// <summary>The same when a change has ended.</summary>
    /// <param name="terms">What it may do.</param>
    /// <param name="isMissed">Whether a node has missed it.</param>
    internal PoolRecord After(StepChangeTerms terms, bool isMissed)
    {
        StepChangeTerms before = Missed ?? Harmless;
        return this with
        {
            Missed = !isMissed ? null : new StepChangeTerms(
                before.Restart || terms.Restart, before.MayDisturbExports || terms.MayDisturbExports),
        };
    }
}

/// <summary>A record as it was read.</summary>
/// <param name="Record">The record.</param>
/// <param name="Revision">Its revision in the store.</param>
internal sealed record KnownPool(PoolRecord Record, long Revision)
{
    private readonly Lazy<PoolFacts> _facts = new(() => PoolFacts.Of(PoolText.Read(Record.Definition)));

    /// <summary>The pool that its definition says.</summary>
    internal Pool Pool => _facts.Value.Pool;

    /// <summary>The nodes of its units.</summary>
    internal PoolNode[] Nodes => _facts.Value.Nodes;

    /// <summary>Finds a node of it, which it may call by an earlier name.</summary>
    /// <returns>Null where it has no unit there.</returns>
    internal PoolNode? FindNode(Guid id) => Nodes.FirstOrDefault(node => node.Id == id.ToString());

    /// <summary>The digest of its definition.</summary>
    internal string Digest => _facts.Value.Digest;

    /// <summary>Its definition as it can be shown: without its password.</summary>
    internal JsonElement Shown => _facts.Value.Shown;

    /// <summary>Whether a node of it has missed something.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="report">What it says.</param>
    internal bool IsBehind(Guid node, NodeReport report)
    {
        PoolReport? there = report.Pools.FirstOrDefault(pool => pool.Id == Record.Id);
        return !Record.IsOlder && IsMissed(node, there);
    }

    /// <summary>Whether a node has seen more of it than this state.</summary>
    /// <param name="there">What it says.</param>
    /// <remarks>A task may have left all as it was, such as one that told the node what it had missed.</remarks>
    internal bool IsOlderThan(PoolReport there) => there.Revision > Pool.Revision ||
        (there.Generation > Record.Last && TaskNumbers.IsOne(there.Generation) && !IsLike(there));

    private bool IsMissed(Guid node, PoolReport? there) => Record.Phase == PoolPhase.Deleting ? Record.Left.Contains(node)
        : there is null || !IsLike(there) || Record.Unstarted?.Contains(node) == true;

    private bool IsLike(PoolReport there) => there.Revision >= Pool.Revision && !there.IsChanging && there.Digest == Digest &&
        string.Equals(there.State, Record.Phase.ToString(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a definition says, found out once.</summary>
internal sealed record PoolFacts(Pool Pool, PoolNode[] Nodes, string Digest, JsonElement Shown)
{
    /// <summary>Finds it out.</summary>
    internal static PoolFacts Of(Pool pool) => new(
        pool, PoolText.NodesOf(pool), PoolRevision.DigestOf(pool), PoolText.Write(pool with { Credentials = null }));
}

/// <summary>Definitions as they are kept and sent.</summary>
internal static class PoolText
{
    /// <summary>Writes one.</summary>
    internal static JsonElement Write(Pool pool) => PoolDocument.WriteElement(pool);

    /// <summary>Reads one.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    internal static Pool Read(JsonElement definition)
    {
        try
        {
            return PoolDocument.Read(definition);
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.Usage, exception.Message);
        }
    }

    /// <summary>The nodes of a pool's units, each once.</summary>
    internal static PoolNode[] NodesOf(Pool pool) =>
        [.. pool.Units.Select(member => member.Unit.Node).DistinctBy(node => node.Id)];
}

/// <summary>How they are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PoolRecord))]
[JsonSerializable(typeof(OlderDocument))]
[JsonSerializable(typeof(Guid))]
internal sealed partial class PoolRecordJson : JsonSerializerContext;

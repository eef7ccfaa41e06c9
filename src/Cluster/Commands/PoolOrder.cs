using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Cluster.Steps;

namespace KadaluFsd.Cluster.Commands;

/// <summary>What is to become of a pool, on all of its nodes.</summary>
/// <param name="Pool">The pool's name.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(CreateOrder), "create")]
[JsonDerivedType(typeof(ChangeOrder), "change")]
[JsonDerivedType(typeof(RenameOrder), "rename")]
[JsonDerivedType(typeof(RenameNodeOrder), "rename-node")]
[JsonDerivedType(typeof(StartOrder), "start")]
[JsonDerivedType(typeof(RestartOrder), "restart")]
[JsonDerivedType(typeof(ReplaceUnitOrder), "replace-unit")]
[JsonDerivedType(typeof(DrainOrder), "drain")]
[JsonDerivedType(typeof(ResumeOrder), "resume")]
[JsonDerivedType(typeof(StopOrder), "stop")]
[JsonDerivedType(typeof(DeleteOrder), "delete")]
[JsonDerivedType(typeof(CatchUpOrder), "catch-up")]
public abstract record PoolOrder(string Pool)
{
    /// <summary>Whether nodes that are not there may do it when they are back.</summary>
    public bool IsOfflineOk { get; init; }

    /// <summary>Whether it is only about what runs of a started pool: nothing is left of it to tell nodes that were away.</summary>
    [JsonIgnore]
    public bool IsOfProcesses => this is RestartOrder or ReplaceUnitOrder or DrainOrder or ResumeOrder;

    /// <summary>What it may do where the pool's definition becomes another one, under the same name; null where that is not ordered.</summary>
    [JsonIgnore]
    public StepChangeTerms? ChangeTerms => this switch
    {
        ChangeOrder change => change.Terms,
        RenameNodeOrder rename => new StepChangeTerms(Restart: false, rename.MayDisturbExports),
        _ => null,
    };
}

/// <summary>Creates a pool.</summary>
/// <param name="Definition">The pool, in the form of its document; ids, ports and numbers that are missing are given.</param>
/// <param name="Terms">What it may be.</param>
/// <param name="Starts">Whether its units are started.</param>
public sealed record CreateOrder(string Pool, JsonElement Definition, StepCreationTerms Terms, bool Starts) : PoolOrder(Pool);

/// <summary>Sets and resets options.</summary>
/// <param name="Set">Options with their values.</param>
/// <param name="Reset">Options that are set back to their defaults.</param>
/// <param name="ResetsAll">Whether all are.</param>
/// <param name="Terms">What the change may do.</param>
public sealed record ChangeOrder(
    string Pool, Dictionary<string, string> Set, string[] Reset, bool ResetsAll, StepChangeTerms Terms) : PoolOrder(Pool)
{
    /// <summary>Whether clients get cluster/distribute, although there is one group. The pool must be stopped.</summary>
    public bool AddsDistribute { get; init; }
}

/// <summary>Gives a stopped pool another name.</summary>
/// <param name="Name">The name that it gets.</param>
public sealed record RenameOrder(string Pool, string Name) : PoolOrder(Pool);

/// <summary>Has a pool call one of its nodes what the cluster calls it by now.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="From">What the pool calls it.</param>
/// <param name="Name">What the cluster calls it.</param>
/// <param name="MayDisturbExports">See <see cref="StepChangeTerms"/>.</param>
public sealed record RenameNodeOrder(string Pool, Guid Node, string From, string Name, bool MayDisturbExports) : PoolOrder(Pool);

/// <summary>Starts a pool.</summary>
/// <param name="MayDisturbExports">See <see cref="StepChangeTerms"/>.</param>
public sealed record StartOrder(string Pool, bool MayDisturbExports) : PoolOrder(Pool);

/// <summary>Restarts processes of a started pool.</summary>
/// <param name="IsRolling">Whether one unit is restarted after the other, with heals between; otherwise all at once.</param>
/// <param name="Unit">Only this unit, <c>NODE:PATH</c>; null for all units and self-heal daemons.</param>
public sealed record RestartOrder(string Pool, bool IsRolling, string? Unit) : PoolOrder(Pool);

/// <summary>Starts a unit of a started pool on an empty directory at its own path; it is healed from the others of its group.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Terms">What may be done for that.</param>
public sealed record ReplaceUnitOrder(string Pool, string Unit, StepReplacementTerms Terms) : PoolOrder(Pool);

/// <summary>Stops the units that a started pool has on a node, once no file depends on them.</summary>
/// <param name="Node">The node's name.</param>
public sealed record DrainOrder(string Pool, string Node) : PoolOrder(Pool);

/// <summary>Starts the units that a started pool has on a node.</summary>
/// <param name="Node">The node's name.</param>
public sealed record ResumeOrder(string Pool, string Node) : PoolOrder(Pool);

/// <summary>Stops a pool.</summary>
public sealed record StopOrder(string Pool) : PoolOrder(Pool);

/// <summary>Deletes a stopped pool; its files stay.</summary>
public sealed record DeleteOrder(string Pool) : PoolOrder(Pool);

/// <summary>Tells a node that was away what it has missed. The manager gives this order to itself.</summary>
/// <param name="Node">The node's id.</param>
public sealed record CatchUpOrder(string Pool, Guid Node) : PoolOrder(Pool);

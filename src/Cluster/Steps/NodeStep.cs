using System.Text.Json;
using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Steps;

/// <summary>
/// What one node is to do for one pool: a part of a task. The same step may come several times, since who has sent it may have been killed before the
/// answer came; it is then done once.
/// </summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="PoolId">Its id.</param>
/// <param name="Turn">Of which task it is; a node refuses what is earlier than it has seen of this pool.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(CheckCreationStep), "check-creation")]
[JsonDerivedType(typeof(CreateStep), "create")]
[JsonDerivedType(typeof(CheckChangeStep), "check-change")]
[JsonDerivedType(typeof(ChangeStep), "change")]
[JsonDerivedType(typeof(CheckRenameStep), "check-rename")]
[JsonDerivedType(typeof(RenameStep), "rename")]
[JsonDerivedType(typeof(StartStep), "start")]
[JsonDerivedType(typeof(RestartStep), "restart")]
[JsonDerivedType(typeof(CheckReplacementStep), "check-replacement")]
[JsonDerivedType(typeof(ReplaceUnitStep), "replace-unit")]
[JsonDerivedType(typeof(DrainStep), "drain")]
[JsonDerivedType(typeof(KeepDrainedStep), "keep-drained")]
[JsonDerivedType(typeof(StopStep), "stop")]
[JsonDerivedType(typeof(UndoCreationStep), "undo-creation")]
[JsonDerivedType(typeof(DeleteStep), "delete")]
public abstract record NodeStep(string Pool, Guid PoolId, StepTurn Turn);

/// <summary>Of which task a step is, and how far that is.</summary>
/// <param name="Generation">The number of the task: each is higher than those that the same manager has begun before.</param>
/// <param name="Task">The task's id: two managers may have begun different ones with the same number.</param>
/// <param name="Stage">How far the task is, from 0: a step of an earlier stage that is late is not carried out.</param>
public sealed record StepTurn(long Generation, Guid Task, int Stage);

/// <summary>Says whether a pool can be created, and changes nothing.</summary>
/// <param name="Definition">The pool, in the form of its document, with ids of nodes, numbers of units and ports.</param>
/// <param name="Terms">What it may be.</param>
public sealed record CheckCreationStep(string Pool, Guid PoolId, StepTurn Turn, JsonElement Definition, StepCreationTerms Terms)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Creates a pool; its units are not started.</summary>
/// <param name="Definition">As it was checked.</param>
/// <param name="Terms">As they were checked.</param>
public sealed record CreateStep(string Pool, Guid PoolId, StepTurn Turn, JsonElement Definition, StepCreationTerms Terms)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Says whether a pool can become another revision, and changes nothing.</summary>
/// <param name="Definition">The pool as it is to be, with its new revision.</param>
/// <param name="Terms">What the change may do.</param>
public sealed record CheckChangeStep(string Pool, Guid PoolId, StepTurn Turn, JsonElement Definition, StepChangeTerms Terms)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Makes a pool another revision.</summary>
/// <param name="Definition">As it was checked.</param>
/// <param name="Terms">As they were checked.</param>
public sealed record ChangeStep(string Pool, Guid PoolId, StepTurn Turn, JsonElement Definition, StepChangeTerms Terms)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Says whether a pool, which has another name on the node, can get the step's one, and changes nothing.</summary>
/// <param name="Definition">The pool as it is to be, with its new name and revision.</param>
public sealed record CheckRenameStep(string Pool, Guid PoolId, StepTurn Turn, JsonElement Definition)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Gives a stopped pool the step's name.</summary>
/// <param name="Definition">As it was checked.</param>
public sealed record RenameStep(string Pool, Guid PoolId, StepTurn Turn, JsonElement Definition)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Starts a pool's units on the node and its self-heal daemon, unless they run.</summary>
/// <param name="MayDisturbExports">See <see cref="StepChangeTerms"/>.</param>
public sealed record StartStep(string Pool, Guid PoolId, StepTurn Turn, bool MayDisturbExports)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Restarts processes of a pool on the node.</summary>
/// <param name="IsRolling">Whether one unit is restarted after the other, with heals between; otherwise all at once.</param>
/// <param name="Unit">Only this unit, <c>NODE:PATH</c>; null for all of the node and its self-heal daemon.</param>
public sealed record RestartStep(string Pool, Guid PoolId, StepTurn Turn, bool IsRolling, string? Unit = null)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Says whether a unit can be started on an empty directory, as far as its own node can say that at once, and changes nothing.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Terms">What may be done for that.</param>
public sealed record CheckReplacementStep(string Pool, Guid PoolId, StepTurn Turn, string Unit, StepReplacementTerms Terms)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>Starts a unit of the node on an empty directory at its own path.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Terms">What may be done for that.</param>
public sealed record ReplaceUnitStep(string Pool, Guid PoolId, StepTurn Turn, string Unit, StepReplacementTerms Terms)
    : NodeStep(Pool, PoolId, Turn);

/// <summary>
/// Stops a pool's units on the node and its self-heal daemon, once no file depends on them. The pool stays started: they run again when it is started
/// on the node, and not before.
/// </summary>
public sealed record DrainStep(string Pool, Guid PoolId, StepTurn Turn) : NodeStep(Pool, PoolId, Turn);

/// <summary>Says that a pool is started, and its units on the node stay stopped since they were drained, such as after its definition was lost there.</summary>
public sealed record KeepDrainedStep(string Pool, Guid PoolId, StepTurn Turn) : NodeStep(Pool, PoolId, Turn);

/// <summary>Stops a pool's self-heal daemon and its units on the node.</summary>
public sealed record StopStep(string Pool, Guid PoolId, StepTurn Turn) : NodeStep(Pool, PoolId, Turn);

/// <summary>Takes back the creation of a pool, how far it has come: contents that were discarded are where they were.</summary>
public sealed record UndoCreationStep(string Pool, Guid PoolId, StepTurn Turn) : NodeStep(Pool, PoolId, Turn);

/// <summary>Deletes a pool of which nothing runs; also one that is not there, or whose creation did not come to its end.</summary>
public sealed record DeleteStep(string Pool, Guid PoolId, StepTurn Turn) : NodeStep(Pool, PoolId, Turn);

/// <summary>What a new pool may be.</summary>
/// <param name="MayShareNodes">Whether a node may have several units of a group.</param>
/// <param name="MayBeOnRoot">Whether a unit may be in the root file system.</param>
/// <param name="Existing">What to do with directories that are not empty: <c>refuse</c>, <c>adopt</c>, <c>restore</c>, <c>import</c>, <c>discard</c>.</param>
public sealed record StepCreationTerms(bool MayShareNodes, bool MayBeOnRoot, string Existing);

/// <summary>What a change may do to units and clients.</summary>
/// <param name="Restart">Whether units are restarted that do not take everything while they run.</param>
/// <param name="MayDisturbExports">Whether clients may have to go over to another graph although NFS-Ganesha is one of them.</param>
public sealed record StepChangeTerms(bool Restart, bool MayDisturbExports);

/// <summary>What may be done to replace a unit's directory.</summary>
/// <param name="MayDiscard">Whether what is in it is moved aside.</param>
/// <param name="MayBeOnRoot">Whether it may be in the root file system.</param>
/// <param name="AlsoLost">Other units of its group that have lost their files as well, <c>NODE:PATH</c>: they need not run.</param>
public sealed record StepReplacementTerms(bool MayDiscard, bool MayBeOnRoot, string[] AlsoLost);

using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>What nodes do for a task.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TaskStage>))]
internal enum TaskStage
{
    /// <summary>They say whether they can do it, and change nothing.</summary>
    Checking,

    /// <summary>They do it.</summary>
    Changing,

    /// <summary>They start units, or stop them, once the rest is done.</summary>
    Running,

    /// <summary>They take back what was done.</summary>
    Undoing,
}

/// <summary>How far a node is with a stage.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PartState>))]
internal enum PartState
{
    /// <summary>It was not told yet, or has not answered.</summary>
    Waits,

    /// <summary>It has done it.</summary>
    Done,

    /// <summary>It has refused, or failed.</summary>
    Failed,

    /// <summary>It does not answer.</summary>
    Away,
}

/// <summary>What one node does in a stage.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">How far it is.</param>
/// <param name="Problem">Why it has not done it; null otherwise.</param>
/// <param name="Code">The exit code that goes with that; 0 otherwise.</param>
/// <param name="Restarts">Whether it has said that what was checked restarts units.</param>
internal sealed record TaskPart(
    Guid Node, string Name, PartState State = PartState.Waits, string? Problem = null, int Code = 0, bool Restarts = false);

/// <summary>A task: written before the first node is told, and after each stage. Its number goes with every step.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Key">Its id: two managers may have begun different tasks with the same number.</param>
/// <param name="PoolId">The pool's id.</param>
/// <param name="Order">What is to be done.</param>
/// <param name="Definition">The pool as it is to be; as it was, where the order does not change that.</param>
/// <param name="Before">A change: the pool as it was. Null otherwise.</param>
/// <param name="Stage">What nodes do now.</param>
/// <param name="State">Whether they still do.</param>
/// <param name="Parts">How far each is with that.</param>
/// <param name="OneByOne">Whether they do it one after the other.</param>
/// <param name="Begun">When it began.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Problem">Why it fails, or what is left.</param>
/// <param name="Code">The exit code of a command that waits for it.</param>
internal sealed record TaskDocument(
    long Id, Guid Key, Guid PoolId, PoolOrder Order, JsonElement Definition, JsonElement? Before, TaskStage Stage,
    TaskState State, TaskPart[] Parts, bool OneByOne, DateTimeOffset Begun, DateTimeOffset? Ended = null,
    string? Problem = null, int Code = 0)
{
    /// <summary>What it does, for people.</summary>
    [JsonIgnore]
    public string What => Order switch
    {
        CreateOrder => $"create {Order.Pool}",
        ChangeOrder { Set.Count: > 0 } change => $"set {Order.Pool} {string.Join(", ", change.Set.Keys)}",
        ChangeOrder { AddsDistribute: true } => $"give clients of {Order.Pool} cluster/distribute",
        ChangeOrder => $"reset {Order.Pool}",
        RenameOrder rename => $"rename {Order.Pool} to {rename.Name}",
        RenameNodeOrder rename => $"call {rename.From} {rename.Name} in {Order.Pool}",
        StartOrder => $"start {Order.Pool}",
        RestartOrder restart => $"restart {restart.Unit ?? Order.Pool}",
        ReplaceUnitOrder replace => $"replace {replace.Unit} of {Order.Pool}",
        DrainOrder drain => $"drain {drain.Node} of {Order.Pool}",
        ResumeOrder resume => $"resume {Order.Pool} on {resume.Node}",
        StopOrder => $"stop {Order.Pool}",
        DeleteOrder => $"delete {Order.Pool}",
        CatchUpOrder => $"tell {string.Join(", ", Parts.Select(part => part.Name))} what has become of {Order.Pool}",
        _ => Order.Pool,
    };

    /// <summary>The same at another stage, in which every node has something to do.</summary>
    internal TaskDocument At(TaskStage stage, bool oneByOne = false) => this with
    {
        Stage = stage,
        OneByOne = oneByOne,
        Parts = [.. Parts.Select(part => part.State == PartState.Away ? part : new TaskPart(part.Node, part.Name))],
    };
}

/// <summary>A task without a number.</summary>
internal sealed record TaskDraft(
    PoolOrder Order, Guid Pool, JsonElement Definition, JsonElement? Before, TaskStage Stage, PoolNode[] Nodes)
{
    /// <summary>The task.</summary>
    internal TaskDocument ToTask(long number, DateTimeOffset now) => new(
        number, Guid.NewGuid(), Pool, Order, Definition, Before, Stage, TaskState.Running,
        [.. Nodes.Select(node => new TaskPart(Guid.Parse(node.Id), node.Name))], OneByOne: false, now);
}

/// <summary>How they are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(TaskDocument))]
internal sealed partial class TaskDocumentJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Commands;

/// <summary>What a task is doing.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TaskState>))]
public enum TaskState
{
    /// <summary>Nodes check, or carry it out.</summary>
    Running,

    /// <summary>It is done on all nodes that were there.</summary>
    Done,

    /// <summary>It failed: what it had changed is undone, or is finished when nodes are back.</summary>
    Failed,
}

/// <summary>What a task is doing, as states of other things are written for people and scripts: in small letters.</summary>
public sealed class TaskStateText() : JsonStringEnumConverter<TaskState>(JsonNamingPolicy.CamelCase);

/// <summary>A task.</summary>
/// <param name="Id">Its number; later ones have higher numbers.</param>
/// <param name="What">What it does, such as <c>create pool1</c>.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Phase">What nodes are doing; null before and after.</param>
/// <param name="Begun">When it began.</param>
/// <param name="Ended">When it ended; null while it runs.</param>
/// <param name="Nodes">The nodes that it is about.</param>
/// <param name="Problem">Why it failed; what was left undone.</param>
/// <param name="Code">The exit code of a command that waits for it; 0 while it runs.</param>
/// <param name="Lines">What was said, from the line that was asked for.</param>
/// <param name="NextLine">The number of the next line.</param>
public sealed record TaskInfo(
    long Id, string What, [property: JsonConverter(typeof(TaskStateText))] TaskState State, string? Phase, DateTimeOffset Begun,
    DateTimeOffset? Ended, TaskNodeInfo[] Nodes, string? Problem, int Code, string[] Lines, int NextLine);

/// <summary>How far a node is with a task.</summary>
/// <param name="Name">The node.</param>
/// <param name="State"><c>waits</c>, <c>works</c>, <c>checked</c> (it could do it), <c>done</c>, <c>failed</c> or <c>away</c>.</param>
/// <param name="Problem">Why it failed.</param>
public sealed record TaskNodeInfo(string Name, string State, string? Problem);

/// <summary>What a command would do, node by node; nothing was done.</summary>
/// <param name="What">What it does, such as <c>create pool1</c>.</param>
/// <param name="Nodes">The nodes that it is about: no other one is touched.</param>
/// <param name="Code">The exit code that the command would have now; 0 where nothing is in its way.</param>
public sealed record PlanInfo(string What, PlannedNode[] Nodes, int Code);

/// <summary>What a command would do on a node.</summary>
/// <param name="Name">The node.</param>
/// <param name="Lines">What it would do there.</param>
/// <param name="Problem">What is in its way; null for nothing.</param>
public sealed record PlannedNode(string Name, string[] Lines, string? Problem);

using System.CommandLine;
using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu task</c>, and how other commands wait for the task that they have begun.</summary>
internal static class TaskCommand
{
    // The manager answers as soon as there are news.
    private const int SecondsOfPatience = 10;

    internal static Command Create() => new("task", "See what was ordered, and what has become of it.")
    {
        CreateList(),
        CreateOne("show", "Show a task, and what it said.", isWaiting: false),
        CreateOne("wait", "Wait for a task, and end as the command ended, or would have, that has begun it.", isWaiting: true),
        CreateAbandon(),
    };

    /// <summary>Begins a task and waits for it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="cancellation">Ends the waiting; the task goes on.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">It cannot be begun, or has failed.</exception>
    internal static async Task<int> RunAsync(ParseResult parsed, PoolOrder order, CancellationToken cancellation) =>
        await WaitAsync(parsed, await BeginAsync(order, cancellation), cancellation);

    /// <summary>Begins a task and waits for it: one of several of a command.</summary>
    /// <param name="order">What is ordered.</param>
    /// <param name="isJson">Whether nothing is shown, since JSON is printed in the end.</param>
    /// <param name="cancellation">Ends the waiting; the task goes on.</param>
    /// <exception cref="CommandException">It cannot be begun, or has failed.</exception>
    internal static async Task FinishAsync(PoolOrder order, bool isJson, CancellationToken cancellation)
    {
        (_, TaskInfo task) = await FollowAsync(await BeginAsync(order, cancellation), isJson, cancellation);
        RequireSuccess(task);
        if (!isJson && task.Problem is { } note)
        {
            Terminal.Line(note);
        }
    }

    private static async Task<long> BeginAsync(PoolOrder order, CancellationToken cancellation) => (
        await ManagerAccess.SendAsync(
            ManagerPaths.Tasks, order, CommandJson.Default.PoolOrder, CommandJson.Default.TaskInfoArray,
            cancellation)).Answer[0].Id;

    private static void RequireSuccess(TaskInfo task)
    {
        if (task.State == TaskState.Failed)
        {
            throw new CommandException((ExitCode)task.Code, task.Problem ?? $"the task {task.Id} has failed");
        }
    }

    private static Command CreateAbandon()
    {
        Argument<long> number = CreateNumber();
        var command = new Command(
            "abandon",
            "Wait no longer for nodes that do not answer, such as one whose disk hangs: they count as away. What the others " +
            "have done is finished or undone as usual, and the nodes are told what they have missed.") { number };
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = string.Create(
                CultureInfo.InvariantCulture, $"{ManagerPaths.Tasks}/{parsed.GetValue(number)}/abandon");
            await ManagerAccess.AskAsync("POST", path, default, cancellation);
            return await WaitAsync(parsed, parsed.GetValue(number), cancellation);
        });
        return command;
    }

    private static Argument<long> CreateNumber() => new("TASK") { Description = "Its number (kadalu task list)." };

    private static async Task<int> WaitAsync(ParseResult parsed, long number, CancellationToken cancellation)
    {
        bool isJson = parsed.GetValue(CommonOptions.Json);
        (string Text, TaskInfo Task) last = await FollowAsync(number, isJson, cancellation);
        RequireSuccess(last.Task);
        if (isJson)
        {
            // With all of its lines, and not only those since it was asked last.
            JsonOutput.Write((await GetAsync(number, 0, 0, cancellation)).Text);
        }
        else if (last.Task.Problem is { } note)
        {
            Terminal.Line(note);
        }

        return (int)ExitCode.Success;
    }

    private static async Task<(string Text, TaskInfo Task)> FollowAsync(
        long number, bool isJson, CancellationToken cancellation)
    {
        try
        {
            return await Terminal.ShowAsync(async show =>
            {
                (string Text, TaskInfo Task) now = await GetAsync(number, 0, SecondsOfPatience, cancellation);
                while (true)
                {
                    foreach (string line in isJson ? [] : now.Task.Lines)
                    {
                        Terminal.Line(line);
                    }

                    if (now.Task.State != TaskState.Running)
                    {
                        return now;
                    }

                    show($"{now.Task.What}: {now.Task.Phase}: {Describe(now.Task)}");
                    now = await GetAsync(number, now.Task.NextLine, SecondsOfPatience, cancellation);
                }
            });
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerUnreachable)
        {
            throw new CommandException(
                exception.Code,
                $"{exception.Message}\n  the task {number} goes on: kadalu task wait {number} says what has become of it");
        }
    }

    private static async Task<(string Text, TaskInfo Task)> GetAsync(
        long number, int from, int wait, CancellationToken cancellation)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"{ManagerPaths.Tasks}/{number}?from={from}&wait={wait}");
        (string text, TaskInfo[] tasks) =
            await ManagerAccess.GetAsync(path, CommandJson.Default.TaskInfoArray, cancellation);
        return (text, tasks[0]);
    }

    private static string Describe(TaskInfo task) =>
        string.Join(", ", task.Nodes.Select(node => $"{node.Name} {node.State}"));

    private static Command CreateList()
    {
        var command = new Command("list", "Show tasks, the latest one first.") { CommonOptions.Watch };
        command.SetAction((parsed, cancellation) => CommonOptions.WatchAsync(parsed, async stop =>
        {
            (string text, TaskInfo[] tasks) =
                await ManagerAccess.GetAsync(ManagerPaths.Tasks, CommandJson.Default.TaskInfoArray, stop);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Table(
                    ["TASK", "WHAT", "STATE", "BEGUN", "ENDED", "NODES"],
                    tasks.Select(task => new[]
                    {
                        PlainText.Number(task.Id), task.What, task.State.ToString().ToLowerInvariant(),
                        PlainText.Time(task.Begun), PlainText.Time(task.Ended), Describe(task),
                    }));
            });
        }, cancellation));
        return command;
    }

    private static Command CreateOne(string name, string description, bool isWaiting)
    {
        Argument<long> number = CreateNumber();
        var command = new Command(name, description) { number };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (isWaiting)
            {
                return await WaitAsync(parsed, parsed.GetValue(number), cancellation);
            }

            (string text, TaskInfo task) = await GetAsync(parsed.GetValue(number), 0, 0, cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(text);
                return (int)ExitCode.Success;
            }

            string phase = task.Phase is null ? "" : $", {task.Phase}";
            Terminal.Line($"{task.What}: {task.State.ToString().ToLowerInvariant()}{phase}");
            Terminal.Table(
                ["NODE", "STATE", "PROBLEM"], task.Nodes.Select(node => new[] { node.Name, node.State, node.Problem ?? "" }));
            foreach (string line in task.Lines.Append(task.Problem).OfType<string>())
            {
                Terminal.Line(line);
            }

            return (int)ExitCode.Success;
        });
        return command;
    }
}

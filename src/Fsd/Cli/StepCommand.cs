using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Agent.Steps;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd step</c>, which the agent starts: carries out the step on its standard input (<see cref="NodeStep"/>), and writes a
/// <see cref="StepLine"/> in each line of its standard output, the last of which says how it ended.
/// </summary>
internal static class StepCommand
{
    private const int MaxStep = 16 * 1024 * 1024;

    // Characters of a line: in JSON it is shorter than what the manager reads.
    private const int MaxText = 8 * 1024;

    internal static Command Create()
    {
        var command = new Command("step", "Carry out a step of a task on this node.") { Hidden = true };
        command.SetAction((_, _) => RunAsync());
        return command;
    }

    private static async Task<int> RunAsync()
    {
        await using Stream output = Console.OpenStandardOutput();
        void Write(StepLine line)
        {
            byte[] text = [.. JsonSerializer.SerializeToUtf8Bytes(line, StepJson.Default.StepLine), (byte)'\n'];
            output.Write(text);
            output.Flush();
        }

        try
        {
            NodeStep step = await ReadAsync();
            (_, PoolStore store, _) = NodePools.Open();
            void Say(string said) => Write(new StepLine(Said: Cut(said)));
            var runner = new StepRunner(store, () => NodePools.Manage(Say), Say);
            if (await runner.RunAsync(step) is { } done)
            {
                Write(new StepLine(Done: done));
                return (int)ExitCode.Success;
            }

            string process = store.Locks.DescribeStep(step.Pool);
            string busy =
                $"still busy with an earlier step of {step.Pool} ({process}), and another one waits for it: does a disk hang?";
            Write(new StepLine(Failed: new StepFailure((int)ExitCode.PeerUnreachable, Cut(busy), IsBusy: true)));
            return (int)ExitCode.PeerUnreachable;
        }
        catch (Exception exception) when (exception is CommandException || SystemRefusal.Is(exception))
        {
            CommandException refusal = exception as CommandException ?? SystemRefusal.From(exception);
            Write(new StepLine(Failed: new StepFailure((int)refusal.Code, Cut(refusal.Message))));
            return (int)refusal.Code;
        }
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + " …";

    private static async Task<NodeStep> ReadAsync()
    {
        await using Stream input = Console.OpenStandardInput();
        try
        {
            return JsonSerializer.Deserialize(BoundedFile.Read(input, MaxStep), StepJson.Default.NodeStep)
                ?? throw new CommandException(ExitCode.Usage, "the step is null");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or IOException)
        {
            throw new CommandException(ExitCode.Usage, $"the step cannot be read: {exception.Message}");
        }
    }
}

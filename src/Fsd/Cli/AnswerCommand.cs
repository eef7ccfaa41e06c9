using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd answer</c>, which the agent starts: answers the question on its standard input (<see cref="NodeQuestion"/>) by one
/// <see cref="NodeAnswer"/> on its standard output.
/// </summary>
internal static class AnswerCommand
{
    internal static Command Create()
    {
        var command = new Command("answer", "Answer a question about a pool on this node.") { Hidden = true };
        command.SetAction((_, cancellation) => RunAsync(cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellation)
    {
        NodeAnswer answer;
        try
        {
            answer = new NodeAnswer(Said: await AnswerAsync(cancellation));
        }
        catch (Exception exception) when (exception is CommandException || SystemRefusal.Is(exception))
        {
            CommandException refusal = exception as CommandException ?? SystemRefusal.From(exception);
            answer = new NodeAnswer(Failed: new ControlError(refusal.Message, (int)refusal.Code));
        }

        await using Stream output = Console.OpenStandardOutput();
        await JsonSerializer.SerializeAsync(output, answer, QuestionJson.Default.NodeAnswer, CancellationToken.None);
        await output.FlushAsync(CancellationToken.None);
        return answer.Failed?.Code ?? (int)ExitCode.Success;
    }

    // Ends in time also where the agent, which would end it, was killed.
    private static async Task<JsonElement> AnswerAsync(CancellationToken cancellation)
    {
        await using Stream input = Console.OpenStandardInput();
        var question = NodeQuestion.Read(Read(input));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(TimeSpan.FromSeconds(question.Seconds));
        (PoolPaths paths, PoolStore store, ThisNode node) = NodePools.Open();
        var questions = new UnitQuestions(
            store, node, () => NodePools.LoadLibrary(paths, node), () => GraphStarter.LoadLibrary().GlusterFsVersion);
        var exports = new ExportQuestions(store, say => NodePools.Manage(say).Sharing, FetchAsync);
        try
        {
            return await (ExportQuestions.Are(question)
                ? exports.AnswerAsync(question, end.Token) : questions.AnswerAsync(question, end.Token));
        }
        catch (OperationCanceledException)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"no answer within {question.Seconds:0} s");
        }
    }

    private static async Task FetchAsync(string server, string key, CancellationToken cancellation)
    {
        using VolfileFetcher client = await VolfileFetcher.ConnectAsync(server, cancellation);
        _ = await client.FetchAsync(key, wantsServers: false, cancellation);
    }

    private static byte[] Read(Stream input)
    {
        try
        {
            return BoundedFile.Read(input, NodeQuestion.MaxBytes);
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.Usage, $"the question cannot be read: {exception.Message}");
        }
    }
}

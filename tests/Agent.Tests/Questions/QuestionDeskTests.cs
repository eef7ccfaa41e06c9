using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Agent.Tests.Questions;

/// <summary>Questions that this node cannot answer are refused with the reason.</summary>
public sealed class QuestionDeskTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kadalu-fsd-questions-").FullName;
    private readonly QuestionDesk _desk;

    public QuestionDeskTests()
    {
        var paths = new PoolPaths(_root);
        var store = new PoolStore(paths);
        _desk = new QuestionDesk(
            new HealReader(store, new NodeServices(paths)), new ExportReader(store), new FakeTimeProvider());
    }

    public void Dispose()
    {
        _desk.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task What_is_no_question_is_refused() =>
        Assert.Equal(ExitCode.Usage, (await RefusedAsync(Encoding.UTF8.GetBytes("{"))).Code);

    [Theory]
    [InlineData("none", ExitCode.PoolRefused, "there is no pool \"none\"")]
    [InlineData("../none", ExitCode.Usage, "../none")]
    public async Task A_pool_that_is_not_there_is_named(string pool, ExitCode code, string reason)
    {
        NodeQuestion[] questions = [new HealStateQuestion(pool, Guid.NewGuid()), new NfsNumberQuestion(pool, Guid.NewGuid())];
        foreach (NodeQuestion question in questions)
        {
            CommandException refusal =
                await RefusedAsync(JsonSerializer.SerializeToUtf8Bytes(question, QuestionJson.Default.NodeQuestion));
            Assert.Equal(code, refusal.Code);
            Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_has_gone_gets_no_answer()
    {
        byte[] question = JsonSerializer.SerializeToUtf8Bytes(
            new HealListQuestion("none", Guid.NewGuid(), false), QuestionJson.Default.NodeQuestion);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _desk.AnswerAsync(question, new CancellationToken(canceled: true)));
    }

    // As of a process that waits for a disk in the kernel: it is killed, and its output stays open.
    [Fact]
    public async Task Processes_that_do_not_end_keep_neither_those_who_ask_nor_other_pools_waiting()
    {
        string program = Path.Combine(_root, "answers");
        await File.WriteAllTextAsync(
            program,
            """
            #!/bin/bash
            question=$(cat)
            case "$question" in
            *hangs*) (setsid bash -c "echo \$\$ >> '$0.hung'; exec sleep 60" &); sleep 60 ;;
            *) echo '{"said":1}' ;;
            esac
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var paths = new PoolPaths(_root);
        var store = new PoolStore(paths);
        using var desk = new QuestionDesk(
            new HealReader(store, new NodeServices(paths)), new ExportReader(store), TimeProvider.System, program);
        try
        {
            var hung = Guid.NewGuid();
            var watch = Stopwatch.StartNew();
            Task<CommandException>[] asked = [.. Enumerable.Range(0, 6).Select(_ => RefusedAsync(desk, hung))];
            foreach (CommandException refusal in await Task.WhenAll(asked))
            {
                Assert.Equal((ExitCode.PeerUnreachable, "no answer within 2 s"), (refusal.Code, refusal.Message));
            }

            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
            Assert.Equal(1, (await desk.AnswerAsync(Question("good", Guid.NewGuid(), 30), default)).GetInt32());

            // There are never more than two of a pool.
            Assert.Equal(2, (await File.ReadAllLinesAsync(program + ".hung")).Length);
        }
        finally
        {
            foreach (string process in await File.ReadAllLinesAsync(program + ".hung"))
            {
                using var sleeping = Process.GetProcessById(int.Parse(process, CultureInfo.InvariantCulture));
                sleeping.Kill();
            }
        }
    }

    private static Task<CommandException> RefusedAsync(QuestionDesk desk, Guid pool) =>
        Assert.ThrowsAsync<CommandException>(() => desk.AnswerAsync(Question("hangs", pool, 2), default));

    private static byte[] Question(string pool, Guid id, double seconds) => JsonSerializer.SerializeToUtf8Bytes(
        new HealListQuestion(pool, id, false) { Seconds = seconds }, QuestionJson.Default.NodeQuestion);

    private Task<CommandException> RefusedAsync(byte[] text) =>
        Assert.ThrowsAsync<CommandException>(() => _desk.AnswerAsync(text, CancellationToken.None));
}

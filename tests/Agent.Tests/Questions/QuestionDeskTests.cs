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

    private Task<CommandException> RefusedAsync(byte[] text) =>
        Assert.ThrowsAsync<CommandException>(() => _desk.AnswerAsync(text, CancellationToken.None));
}

using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Tests.Nodes;

/// <summary>What a node has seen is not undone by somebody who is late.</summary>
public sealed class StepFenceTests : IDisposable
{
    private static readonly Guid s_task = Guid.NewGuid();

    private readonly string _directory = Directory.CreateTempSubdirectory("kadalu-fsd-fence-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_task_passes_again_and_a_later_one_too()
    {
        Assert.False(Fence.Pass(new StepTurn(7, s_task, 1)));
        Assert.False(Fence.Pass(new StepTurn(7, s_task, 1)));
        Fence.Finish(new StepTurn(7, s_task, 1));
        Assert.True(Fence.Pass(new StepTurn(7, s_task, 1)));
        Assert.False(Fence.Pass(new StepTurn(7, s_task, 2)));
        Fence.Pass(new StepTurn(8, Guid.NewGuid(), 1));
        Assert.Equal(8, StepFence.FindHighest(_directory));
    }

    [Fact]
    public void A_file_that_cannot_be_read_keeps_no_node_from_reporting_and_refuses_its_pools_steps()
    {
        Fence.Pass(new StepTurn(7, s_task, 1));
        string damaged = System.IO.Path.Combine(_directory, Guid.NewGuid().ToString());
        File.WriteAllText(damaged, "damaged");
        Assert.Equal(7, StepFence.FindHighest(_directory));
        var fence = new StepFence(damaged);
        Assert.Equal(0, fence.FindSeenToReport());
        CommandException refusal = Assert.Throws<CommandException>(() => fence.Pass(new StepTurn(8, s_task, 1)));
        Assert.Contains(damaged, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, true, 1, "is over")]
    [InlineData(7, false, 1, "is over")]
    [InlineData(7, false, 2, "is over")]
    [InlineData(7, true, 0, "is late")]
    public void What_is_older_than_what_was_seen_is_refused(int number, bool isSame, int stage, string reason)
    {
        Fence.Pass(new StepTurn(7, s_task, 1));
        CommandException refusal = Assert.Throws<CommandException>(
            () => Fence.Pass(new StepTurn(number, isSame ? s_task : Guid.NewGuid(), stage)));
        Assert.Equal(ExitCode.PeerRefused, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_creation_that_comes_after_it_was_taken_back_is_refused()
    {
        Fence.Pass(new StepTurn(7, s_task, 3));
        Assert.Throws<CommandException>(() => Fence.Pass(new StepTurn(7, s_task, 1)));
    }

    [Fact]
    public void A_check_leaves_no_trace()
    {
        Assert.False(Fence.Pass(new StepTurn(7, s_task, 0)));
        Fence.Finish(new StepTurn(7, s_task, 0));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_file_that_says_something_else_is_named()
    {
        File.WriteAllText(Path, "soon\n");
        CommandException refusal = Assert.Throws<CommandException>(() => Fence.Pass(new StepTurn(7, s_task, 1)));
        Assert.Contains(Path, refusal.Message, StringComparison.Ordinal);
    }

    private string Path => System.IO.Path.Combine(_directory, "0b1f4a3e-6f0e-4b51-a3ae-0f6f3c4c8a11");

    private StepFence Fence => new(Path);
}

using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Tasks;

/// <summary>When a node is told what it has missed.</summary>
public sealed class LatenessTests
{
    private static readonly Guid s_session = Guid.NewGuid();
    private static readonly DateTimeOffset s_start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly Lateness _lateness = new();

    [Fact]
    public void It_is_told_at_once_and_again_after_pauses_that_become_longer()
    {
        int[] told = [.. Enumerable.Range(0, 120).Where(minute => Find(minute, Known(1)))];
        Assert.Equal([0, 1, 3, 7, 15, 31, 61, 91], told);
    }

    [Fact]
    public void It_is_told_at_once_after_a_start_and_of_another_revision()
    {
        Assert.True(Find(0, Known(1)));
        Assert.False(Find(0, Known(1)));
        Assert.True(Find(0, Known(2)));
        Assert.NotEmpty(_lateness.FindDue(Guid.NewGuid(), [Known(2)], s_start));
    }

    [Fact]
    public void Two_agents_that_report_by_turns_are_not_told_without_a_pause()
    {
        Guid[] sessions = [s_session, Guid.NewGuid()];
        int[] told =
        [
            .. Enumerable.Range(0, 120)
                .Where(minute => _lateness.FindDue(sessions[minute % 2], [Known(1)], s_start.AddMinutes(minute)).Length > 0),
        ];
        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 62, 92], told);
    }

    [Fact]
    public void What_it_has_taken_is_forgotten()
    {
        Assert.True(Find(0, Known(1)));
        Assert.Empty(_lateness.FindDue(s_session, [], s_start));
        Assert.True(Find(0, Known(1)));
    }

    [Fact]
    public void It_is_not_told_while_a_task_changes_the_pool()
    {
        Assert.False(Find(0, Known(1, task: 7)));
        Assert.True(Find(0, Known(1)));
    }

    private bool Find(int minute, KnownPool known) =>
        _lateness.FindDue(s_session, [known], s_start.AddMinutes(minute)).Length > 0;

    private static KnownPool Known(int revision, long? task = null) => new(
        new PoolRecord(
            Guid.Empty, "pool1", PoolPhase.Started, PoolText.Write(new Pool("pool1", Guid.Empty) { Revision = revision }), task, []),
        1);
}

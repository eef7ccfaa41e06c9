using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Tests.Output;

/// <summary>Showing something again and again.</summary>
public sealed class TerminalTests
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    private readonly List<string> _failed = [];

    [Fact]
    public async Task What_takes_long_is_said_to_be_waited_for_and_what_does_not_is_not()
    {
        int said = 0;
        var answer = new TaskCompletionSource<int>();
        Assert.Equal(5, await Terminal.WaitAsync(Task.FromResult(5), TimeSpan.Zero, () => said++));
        Assert.Equal(0, said);
        Assert.Equal(7, await Terminal.WaitAsync(answer.Task, s_pause, () =>
        {
            said++;
            answer.SetResult(7);
        }));
        Assert.Equal(1, said);
        await Assert.ThrowsAsync<CommandException>(() => Terminal.WaitAsync(
            Task.FromException<int>(new CommandException(ExitCode.PeerUnreachable, "")), s_pause, () => said++));
        Assert.Equal(1, said);
    }

    [Fact]
    public async Task The_exit_code_is_that_of_what_was_shown_last()
    {
        using var end = new CancellationTokenSource();
        int shown = 0;
        int code = await RepeatAsync(
            _ =>
            {
                if (++shown == 3)
                {
                    end.Cancel();
                }

                return Task.FromResult(20 + shown);
            },
            end.Token);
        Assert.Equal((3, 23), (shown, code));
        Assert.Empty(_failed);
    }

    [Fact]
    public async Task What_fails_later_is_said_and_shown_again_when_it_has_passed()
    {
        using var end = new CancellationTokenSource();
        int asked = 0;
        int code = await RepeatAsync(
            _ => ++asked switch
            {
                2 => throw new CommandException(ExitCode.PeerUnreachable, "nobody answers"),
                4 => EndAsync(end),
                _ => Task.FromResult(0),
            },
            end.Token);
        Assert.Equal(["nobody answers"], _failed);
        Assert.Equal((4, 0), (asked, code));
    }

    [Fact]
    public async Task Who_ends_it_while_nobody_answers_gets_that_exit_code()
    {
        using var end = new CancellationTokenSource();
        int asked = 0;
        Assert.Equal((int)ExitCode.PeerUnreachable, await RepeatAsync(
            _ => ++asked switch
            {
                1 => Task.FromResult(0),
                2 => throw new CommandException(ExitCode.PeerUnreachable, "nobody answers"),
                _ => EndAsync(end),
            },
            end.Token));
    }

    [Fact]
    public async Task What_cannot_be_shown_at_all_fails_as_it_does_without_repetition() =>
        await Assert.ThrowsAsync<CommandException>(() => RepeatAsync(
            _ => throw new CommandException(ExitCode.PoolRefused, "there is no pool"), CancellationToken.None));

    [Fact]
    public async Task Who_ends_it_before_anything_was_shown_has_interrupted_it()
    {
        using var end = new CancellationTokenSource();
        Assert.Equal(130, await RepeatAsync(_ => EndAsync(end), end.Token));
    }

    private static async Task<int> EndAsync(CancellationTokenSource end)
    {
        await end.CancelAsync();
        end.Token.ThrowIfCancellationRequested();
        return 1;
    }

    private Task<int> RepeatAsync(Func<CancellationToken, Task<int>> show, CancellationToken end) =>
        Terminal.RepeatAsync(s_pause, show, (_, reason) => _failed.Add(reason), end);
}

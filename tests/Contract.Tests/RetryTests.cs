namespace KadaluFsd.Contract.Tests;

public class RetryTests
{
    [Fact]
    public async Task What_may_pass_is_tried_again_until_it_has_passed()
    {
        int tries = 0;
        var retry = new Retry(TimeSpan.FromMinutes(2));
        Assert.Equal("taken", await retry.UntilAsync(
            () => ++tries < 3 ? throw Refusal(mayPass: true) : "taken", CancellationToken.None));
        Assert.Equal(3, tries);
        Assert.True(retry.WaitedMilliseconds > 0);
    }

    [Fact]
    public async Task What_may_not_pass_is_not_tried_again()
    {
        int tries = 0;
        await Assert.ThrowsAsync<CommandException>(() => new Retry(TimeSpan.FromMinutes(2)).UntilAsync<int>(
            () => throw Refusal(mayPass: ++tries == 0), CancellationToken.None));
        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task Without_patience_the_first_refusal_counts()
    {
        int tries = 0;
        await Assert.ThrowsAsync<CommandException>(() => new Retry(TimeSpan.Zero).UntilAsync<int>(
            () => throw Refusal(mayPass: ++tries > 0), CancellationToken.None));
        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task Who_is_told_to_stop_waits_no_more()
    {
        using var stop = new CancellationTokenSource();
        Task<int> trying = new Retry(TimeSpan.FromMinutes(2)).UntilAsync<int>(
            () => throw Refusal(mayPass: true), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }

    private static CommandException Refusal(bool mayPass) => new(ExitCode.DirectoryRefused, "no") { MayPass = mayPass };
}

namespace KadaluFsd.Control.Tests;

/// <summary>A text for all who ask for it at once.</summary>
public sealed class SharedTextTests
{
    [Fact]
    public async Task All_who_ask_while_one_is_written_get_the_next_one()
    {
        int written = 0;
        using var isWriting = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        var text = new SharedText(() =>
        {
            isWriting.Release();
            mayEnd.Wait();
            return $"{++written}";
        });
        Task<string> first = text.WriteAsync();
        await isWriting.WaitAsync();
        Task<string>[] others = [.. Enumerable.Range(0, 100).Select(_ => text.WriteAsync())];
        mayEnd.Release(2);
        Assert.Equal("1", await first);
        Assert.All(await Task.WhenAll(others), other => Assert.Equal("2", other));
        mayEnd.Release();
        Assert.Equal("3", await text.WriteAsync());
    }

    [Fact]
    public async Task One_that_fails_does_not_fail_the_next()
    {
        int written = 0;
        var text = new SharedText(() => ++written == 1 ? throw new InvalidOperationException() : "x");
        await Assert.ThrowsAsync<InvalidOperationException>(text.WriteAsync);
        Assert.Equal("x", await text.WriteAsync());
    }
}

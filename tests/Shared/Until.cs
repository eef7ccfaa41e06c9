using System.Diagnostics;

namespace KadaluFsd.Shared;

/// <summary>Waits for what no event tells of, such as a line in somebody else's log.</summary>
internal static class Until
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something is so; fails the test when it never is.</summary>
    /// <returns>How long it took.</returns>
    internal static Task<TimeSpan> SoAsync(Func<bool> condition, Func<string>? explain = null) => SoAsync(() => Task.FromResult(condition()), explain);

    /// <summary>Waits until something is so that has to be asked for; fails the test when it never is.</summary>
    /// <returns>How long it took.</returns>
    internal static async Task<TimeSpan> SoAsync(Func<Task<bool>> condition, Func<string>? explain = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < s_limit, $"what was waited for did not come. {explain?.Invoke()}");
            await Task.Delay(10);
        }

        return clock.Elapsed;
    }

    /// <summary>How often some words stand in a file.</summary>
    internal static int Count(string file, string words) =>
        File.Exists(file) ? File.ReadAllText(file).Split(words).Length - 1 : 0;
}

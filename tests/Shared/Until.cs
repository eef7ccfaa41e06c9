using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace KadaluFsd.Shared;

/// <summary>
/// Waits for what no event tells of, such as a line in somebody else's log. What was seen last is said when it never comes.
/// </summary>
internal static class Until
{
    private static readonly TimeSpan s_limit = Patience.Limit;

    /// <summary>Waits until something is so; fails the test when it never is.</summary>
    /// <returns>How long it took.</returns>
    internal static Task<TimeSpan> SoAsync(
        Func<bool> condition, Func<string>? explain = null, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string wanted = "") =>
        SoAsync(() => Task.FromResult(condition()), explain, limit, wanted);

    /// <summary>Waits until something is so that has to be asked for; fails the test when it never is.</summary>
    /// <returns>How long it took.</returns>
    internal static async Task<TimeSpan> SoAsync(
        Func<Task<bool>> condition, Func<string>? explain = null, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string wanted = "")
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > (limit ?? s_limit))
            {
                Assert.Fail($"not so within {(limit ?? s_limit).TotalSeconds} s: {wanted} {explain?.Invoke()}");
            }

            await Task.Delay(10);
        }

        return clock.Elapsed;
    }

    /// <summary>Looks at something until it is as wanted; fails the test, and says what it saw last, when it never is.</summary>
    /// <param name="look">Looks.</param>
    /// <param name="isWanted">Whether what was seen is what is waited for.</param>
    /// <param name="explain">More to say on failure, such as a log.</param>
    /// <param name="limit">How long to wait; a minute otherwise.</param>
    /// <param name="wanted">Filled in by the compiler.</param>
    /// <returns>What was seen.</returns>
    internal static async Task<T> SeesAsync<T>(
        Func<Task<T>> look, Func<T, bool> isWanted, Func<string>? explain = null, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(isWanted))] string wanted = "")
    {
        T seen = await look();
        await SoAsync(async () => isWanted(seen) || isWanted(seen = await look()), () =>
            $"; seen last: {Describe(seen)} {explain?.Invoke()}", limit, wanted);
        return seen;
    }

    /// <summary>How often some words stand in a file.</summary>
    internal static int Count(string file, string words) =>
        File.Exists(file) ? File.ReadAllText(file).Split(words).Length - 1 : 0;

    private static string Describe(object? seen) => seen is System.Collections.IEnumerable items and not string
        ? $"[{string.Join(", ", items.Cast<object?>().Select(Describe))}]" : $"{seen ?? "nothing"}";
}

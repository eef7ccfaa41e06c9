using System.Collections;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace KadaluFsd.Shared;

/// <summary>
/// Waits for what no event tells of, such as a line in somebody else's log. Every wait has words: a failure says what was waited
/// for, as "waited 120 s until WORDS", and what was seen instead.
/// </summary>
internal static class Until
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    // Of the time that a wait takes, a fifth at most is asking, which may be work: of a process for each time, while other tests wait likewise.
    private const int PausesPerAsking = 4;

    /// <summary>Waits until something is so; fails the test when it never is.</summary>
    /// <param name="words">What is waited for, as a clause that follows "until".</param>
    /// <param name="condition">Whether it is so.</param>
    /// <param name="seen">What is there instead, such as a log; asked at the end of the wait.</param>
    /// <param name="limit">How long to wait; <see cref="Patience.Limit"/> otherwise.</param>
    /// <returns>How long it took.</returns>
    internal static Task<TimeSpan> SoAsync(
        string words, Func<bool> condition, Func<string>? seen = null, TimeSpan? limit = null) =>
        SoAsync(words, () => Task.FromResult(condition()), seen, limit);

    /// <summary>Waits until something is so that has to be asked for; fails the test when it never is.</summary>
    /// <param name="words">What is waited for, as a clause that follows "until".</param>
    /// <param name="condition">Whether it is so.</param>
    /// <param name="seen">What is there instead, such as a log; asked at the end of the wait.</param>
    /// <param name="limit">How long to wait; <see cref="Patience.Limit"/> otherwise.</param>
    /// <returns>How long it took.</returns>
    internal static async Task<TimeSpan> SoAsync(
        string words, Func<Task<bool>> condition, Func<string>? seen = null, TimeSpan? limit = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(words);
        var clock = Stopwatch.StartNew();
        TimeSpan asked = TimeSpan.Zero;
        while (!await condition())
        {
            if (clock.Elapsed > (limit ?? Patience.Limit))
            {
                Assert.Fail($"waited {clock.Elapsed.TotalSeconds:0} s until {words}; seen instead: {Ask(seen)}");
            }

            TimeSpan pause = PausesPerAsking * (clock.Elapsed - asked);
            await Task.Delay(pause < s_shortest ? s_shortest : pause > s_longest ? s_longest : pause);
            asked = clock.Elapsed;
        }

        return clock.Elapsed;
    }

    /// <summary>Reads something until it is as wanted; fails the test, and says what it read last, when it never is.</summary>
    /// <param name="words">What is waited for, as a clause that follows "until".</param>
    /// <param name="read">Reads.</param>
    /// <param name="isWanted">Whether what was read is what is waited for.</param>
    /// <param name="more">More to say on failure, such as a log.</param>
    /// <returns>What was read.</returns>
    internal static Task<T> SeesAsync<T>(string words, Func<T> read, Func<T, bool> isWanted, Func<string>? more = null) =>
        SeesAsync(words, () => Task.FromResult(read()), isWanted, more);

    /// <summary>Asks for something until it is as wanted; fails the test, and says what it was last, when it never is.</summary>
    /// <param name="words">What is waited for, as a clause that follows "until".</param>
    /// <param name="ask">Asks.</param>
    /// <param name="isWanted">Whether what was answered is what is waited for.</param>
    /// <param name="more">More to say on failure, such as a log.</param>
    /// <returns>What was answered.</returns>
    internal static async Task<T> SeesAsync<T>(
        string words, Func<Task<T>> ask, Func<T, bool> isWanted, Func<string>? more = null)
    {
        T last = default!;
        await SoAsync(
            words, async () => isWanted(last = await ask()), () => Describe(last) + (more is null ? "" : $" {Ask(more)}"));
        return last;
    }

    /// <summary>Waits until a log has a line with some text; fails the test, and shows the log, when it never has.</summary>
    /// <param name="words">What is waited for, as a clause that follows "until".</param>
    /// <param name="log">The file, which need not be there yet.</param>
    /// <param name="text">A part of the line.</param>
    /// <param name="before">How many such lines do not count, since they have been there before.</param>
    /// <returns>How long it took.</returns>
    internal static Task<TimeSpan> LoggedAsync(string words, string log, string text, int before = 0) =>
        SoAsync($"{words} (\"{text}\" in {log})", () => Count(log, text) > before, () => File.ReadAllText(log));

    /// <summary>How often some words stand in a file.</summary>
    internal static int Count(string file, string words) =>
        File.Exists(file) ? File.ReadAllText(file).Split(words).Length - 1 : 0;

    // What explains a failure must not take its place, as a log that is not there would.
    private static string Ask(Func<string>? seen)
    {
        try
        {
            return seen?.Invoke() ?? "it is not so";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private static string Describe(object? seen) => seen is IEnumerable items and not string and not JsonNode
        ? $"[{string.Join(", ", items.Cast<object?>().Select(Describe))}]" : $"{seen ?? "nothing"}";
}

using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Long.Tests;

/// <summary>native/churn.c at work: changes everything in a directory, in every way, until it is stopped.</summary>
internal sealed class Churn
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private long _hundreds;
    private string _last = "";

    private Churn(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                _last = line;
                Interlocked.Increment(ref _hundreds);
            }
        });
    }

    internal static Churn Start(string program, string directory, int seed) =>
        new(Command.Start(program, [directory, seed.ToString(CultureInfo.InvariantCulture), "2"]));

    /// <summary>
    /// Waits until it has done some hundreds of operations more, or cannot do any: units are away, and their clients wait.
    /// </summary>
    internal async Task GoOnAsync(int hundreds)
    {
        long until = Interlocked.Read(ref _hundreds) + hundreds;
        var clock = Stopwatch.StartNew();
        while (Interlocked.Read(ref _hundreds) < until && clock.Elapsed < s_patience)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Stops it; it must not have met with an error that it does not know.</summary>
    /// <returns>How many operations it has done, and how many of them failed for want of units.</returns>
    internal async Task<(long Done, long Failed)> StopAsync()
    {
        await Command.MustAsync("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        Assert.True(_process.ExitCode == 0, await _errors);
        string[] words = _last.Split(' ');
        _process.Dispose();
        return (long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[3], CultureInfo.InvariantCulture));
    }
}

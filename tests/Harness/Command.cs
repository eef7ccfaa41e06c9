using System.Diagnostics;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>A program that was run to its end.</summary>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program; fails the test when it takes too long.</summary>
    internal static Task<Command> RunAsync(string program, params string[] arguments) =>
        RunAsync(program, new Dictionary<string, string>(), arguments);

    /// <summary>Runs a program with more in its environment.</summary>
    /// <param name="program">Its name, or its path.</param>
    /// <param name="environment">What it gets beside this process's own.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="limit">How long it can take on a busy machine; <see cref="Patience.Limit"/> where it is null.</param>
    internal static async Task<Command> RunAsync(
        string program, IReadOnlyDictionary<string, string> environment, string[] arguments, TimeSpan? limit = null)
    {
        TimeSpan patience = limit ?? Patience.Limit;
        using Process process = Start(program, arguments, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var ending = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(ending.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {patience.TotalSeconds} s");
        }

        return new Command(process.ExitCode, await output, await error);
    }

    /// <summary>Runs a program that must succeed.</summary>
    internal static async Task<string> MustAsync(string program, params string[] arguments)
    {
        Command result = await RunAsync(program, arguments);
        Assert.True(
            result.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Error}{result.Output}");
        return result.Output;
    }

    /// <summary>Kills a process that may have ended already, and waits until it is gone.</summary>
    internal static async ValueTask EndAsync(Process process, bool withChildren = false)
    {
        if (!process.HasExited)
        {
            process.Kill(withChildren);
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts a program with its output redirected.</summary>
    internal static Process Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

using KadaluFsd.CommandLine;
using KadaluFsd.Kadalu.Commands;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu;

/// <summary>The entry point.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        // Also where the rest of the command line is wrong.
        bool wantsJson = arguments.Contains("--json");
        var run = new ProgramRun("kadalu") { Failed = wantsJson ? JsonOutput.WriteFailure : null, RefusesStrangeOptions = true };
        return run.GuardAsync(() => run.InvokeAsync(
            arguments, (words, configuration) => KadaluTree.Create().Parse(words, configuration)));
    }
}

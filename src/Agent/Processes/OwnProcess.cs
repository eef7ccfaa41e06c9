using System.Diagnostics;

namespace KadaluFsd.Agent.Processes;

/// <summary>Another process of this program, for one thing, which may hang, crash or be killed without harm to the agent.</summary>
internal static class OwnProcess
{
    private const int MaxError = 2000;

    /// <summary>Starts one.</summary>
    /// <param name="command">Its command, which reads its standard input.</param>
    /// <param name="program">The program; null for this one.</param>
    /// <returns>It, with its standard streams; the caller owns it.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">
    /// It cannot be started: the program was replaced, or the machine has no memory, for example.
    /// </exception>
    internal static Process Start(string command, string? program = null) =>
        Process.Start(new ProcessStartInfo(program ?? Environment.ProcessPath!, [command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Writes all that it is to read. One that ends before it has read that says why itself.</summary>
    internal static async Task WriteAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, CancellationToken.None);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Says how one ended that has not said what it was to say.</summary>
    /// <param name="code">Its exit code.</param>
    /// <param name="error">Its standard error.</param>
    internal static string DescribeEnd(int code, string error)
    {
        string said = error.Trim().ReplaceLineEndings(" ");
        return $"its process ended with code {code}" +
            (said.Length > 0 ? $", and said: {said[..Math.Min(said.Length, MaxError)]}" : "");
    }
}

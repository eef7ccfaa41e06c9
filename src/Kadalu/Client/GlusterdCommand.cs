using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;
using KadaluFsd.Volgen;

namespace KadaluFsd.Kadalu.Client;

/// <summary>Asks this node's glusterd, by its own command.</summary>
internal static class GlusterdCommand
{
    private const string Program = "gluster";

    // It gives up after two minutes itself.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(130);

    /// <summary>Asks.</summary>
    /// <param name="words">The command.</param>
    /// <param name="maxLength">The most bytes that the answer may have.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What it prints.</returns>
    /// <exception cref="CommandException">It is not there, or fails.</exception>
    internal static async Task<byte[]> AskAsync(string[] words, int maxLength, CancellationToken cancellation)
    {
        string line = $"{Program} {string.Join(' ', words)}";
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        either.CancelAfter(s_patience);
        var start = new ProcessStartInfo(Programs.Find(Program), ["--mode=script", .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                Task<string> errors = process.StandardError.ReadToEndAsync(either.Token);
                byte[] answer = await Task.Run(() => BoundedFile.Read(process.StandardOutput.BaseStream, maxLength), either.Token)
                    .WaitAsync(either.Token);
                await process.WaitForExitAsync(either.Token);

                // A refusal of glusterd's is XML as well, and says why.
                if (process.ExitCode == 0 || answer.AsSpan().StartsWith("<?xml"u8))
                {
                    return answer;
                }

                string said = Excerpt.Of(Encoding.UTF8.GetString(answer).Trim());
                string reason = string.Join(' ', (await errors).Trim(), said).Trim();
                throw new CommandException(
                    ExitCode.PoolRefused, $"{line}: {reason} (--xml FILE takes its output from elsewhere)");
            }
            catch
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException(
                ExitCode.PeerUnreachable, $"{line} has not answered within {s_patience.TotalSeconds} s: does glusterd hang?");
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            throw new CommandException(ExitCode.SystemRefused, $"{line}: {exception.Message}");
        }
    }
}

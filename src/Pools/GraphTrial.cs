using System.Diagnostics;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Volgen;

namespace KadaluFsd.Pools;

/// <summary>Tries graphs before they are used: each is brought up in a process of its own, which may hang or crash.</summary>
public static class GraphTrial
{
    /// <summary>The command of this program that tries a graph, in a process of its own.</summary>
    public const string Command = "try-graph";

    /// <summary>Its output for a graph that comes up.</summary>
    public const string Good = "good";

    private const int MaxVerdict = 500;
    private const string DirectoryPrefix = "kadalu-fsd-trial-";
    private const UnixFileMode OnlyOurs = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A graph comes up within a second; a busy machine may need much longer.
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);

    // Left by a killed command.
    private static readonly TimeSpan s_leftAfter = 5 * s_timeout;

    /// <summary>Tries graphs.</summary>
    /// <param name="texts">Their volfiles by description.</param>
    /// <returns>A problem for each that does not come up.</returns>
    public static async Task<string[]> FindObjectionsAsync(IEnumerable<KeyValuePair<string, string>> texts)
    {
        RemoveLeftovers();
        return [.. (await Task.WhenAll(texts.Select(text => TryAsync(text.Key, text.Value)))).OfType<string>()];
    }

    // Only our own: others may create entries in the directory for temporary files.
    private static void RemoveLeftovers()
    {
        foreach (string path in Directory.GetDirectories(Path.GetTempPath(), DirectoryPrefix + "*"))
        {
            try
            {
                if (FileStatus.ReadLink(path, out FileStatus status) == Errno.None && status.User == ProcessCalls.EffectiveUser &&
                    new DirectoryInfo(path) is { LinkTarget: null } directory &&
                    directory.UnixFileMode == OnlyOurs && DateTime.UtcNow - directory.LastWriteTimeUtc > s_leftAfter)
                {
                    directory.Delete(recursive: true);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another command removes it.
            }
        }
    }

    private static async Task<string?> TryAsync(string what, string text)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory(DirectoryPrefix);
        try
        {
            using var volfile = MemoryFile.Create("volfile", Encoding.UTF8.GetBytes(text));
            string verdict = await RunAsync(volfile.Path, directory.FullName);
            return verdict == Good ? null : $"{what} does not come up with it: {Excerpt.Of(verdict, MaxVerdict)}";
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string volfile, string directory)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command, volfile, directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment.Remove(FaultPoint.Variable);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(s_timeout);
        try
        {
            string? verdict = await process.StandardOutput.ReadLineAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return verdict
                ?? (await errors is { Length: > 0 } said ? said.Trim().ReplaceLineEndings(" ") : "a translator ends the process");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync();
            return $"nothing has come of it within {s_timeout.TotalSeconds} s";
        }
    }
}

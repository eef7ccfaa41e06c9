using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Pools;

/// <summary>
/// Finds the processes of this node's units and self-heal daemons. The kernel says which they are: who holds the lock on a
/// service's pid file, and what runs which program with which arguments. The contents of pid files are never trusted.
/// </summary>
public sealed class ServiceProcesses(PoolPaths paths)
{
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(10);
    private static readonly string s_program = Path.GetFileName(Environment.ProcessPath!);

    /// <summary>The process of a service.</summary>
    /// <returns>Its id; null where none is running or starting.</returns>
    public int? Find(string key) => FindByPidFile(key) ?? FindByArguments(key).Cast<int?>().FirstOrDefault();

    /// <summary>Every process of a service: others may be starting or ending beside the one that serves.</summary>
    public int[] FindAll(string key)
    {
        int? first = FindByPidFile(key);
        return [.. FindByArguments(key).Concat(first is { } id ? [id] : []).Distinct()];
    }

    /// <summary>Whether a process belongs to a service, now.</summary>
    /// <param name="key">The service's volfile's key.</param>
    public bool Is(int id, string key) =>
        IsOurProgram(id) && (IsToldOf(ReadArguments(id), key) || RecordLock.FindHolder(paths.PidFile(key)) == id);

    /// <summary>Sends SIGTERM to every process of a service, and waits until all have ended.</summary>
    /// <exception cref="CommandException">One cannot be signalled, or has not ended in time.</exception>
    public async Task EndAsync(string key)
    {
        long start = Stopwatch.GetTimestamp();
        while (FindAll(key) is { Length: > 0 } found)
        {
            foreach (int id in found)
            {
                await EndAsync(key, id, start);
            }
        }
    }

    private async Task EndAsync(string key, int id, long start)
    {
        if (ProcessReference.Open(id, out ProcessReference? opened) != Errno.None)
        {
            return;
        }

        using ProcessReference process = opened!;

        // Only now: before it was opened, the id may have been reused.
        if (!Is(id, key))
        {
            return;
        }

        if (process.Terminate() is not (Errno.None or Errno.ESRCH) and var error)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"the process {id} of {key} cannot be signalled: {error.Describe()}");
        }

        while (!process.HasEnded)
        {
            if (Stopwatch.GetElapsedTime(start) > s_stopTimeout)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"the process {id} of {key} has not ended within {s_stopTimeout.TotalSeconds} s: where it hangs, kill -9 " +
                    $"{id}, and repeat the command");
            }

            await Task.Delay(s_lookEvery);
        }
    }

    private int? FindByPidFile(string key) =>
        RecordLock.FindHolder(paths.PidFile(key)) is { } holder && IsOurProgram(holder) ? holder : null;

    private IEnumerable<int> FindByArguments(string key) => Directory.EnumerateDirectories("/proc")
        .Select(
            path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
        .Where(id => id > 0 && IsOurProgram(id) && IsToldOf(ReadArguments(id), key));

    // A unit, a self-heal daemon, or one of them with GlusterFS's arguments; not a command about one.
    private bool IsToldOf(string[] arguments, string key)
    {
        if (arguments.Length < 2 || !(arguments[1] is "unit" or "heal-daemon" || arguments[1].StartsWith('-')) ||
            (arguments.Length > 2 && arguments[2] is "install" or "remove"))
        {
            return false;
        }

        string[] files =
        [
            paths.StartOptions(key), paths.Volfile(key), paths.PidFile(key),
            .. paths.IsUsual ? [$"/etc/kadalu-fsd/{key}.json"] : Array.Empty<string>(),
        ];
        return arguments.Any(
            argument => files.Any(file => argument == file || argument.EndsWith("=" + file, StringComparison.Ordinal)));
    }

    // Run by this user: another user's process is never taken for ours. The program may have been replaced by a newer one.
    private static bool IsOurProgram(int id)
    {
        try
        {
            string? program = new FileInfo($"/proc/{id}/exe").LinkTarget;
            return program is not null && Path.GetFileName(program.Replace(" (deleted)", "", StringComparison.Ordinal)) ==
                s_program && UserOf(id) == ProcessCalls.EffectiveUser;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // It has ended, or may not be read.
            return false;
        }
    }

    // "Uid:", then real, effective, saved and file system's. The owner of /proc/ID is root for every process that asks for it.
    private static uint UserOf(int id) => uint.Parse(
        File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2],
        NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Describes a process.</summary>
    /// <returns>Its id and its command line, shortened.</returns>
    public static string Describe(int id)
    {
        const int Most = 100;
        string line = string.Join(' ', ReadArguments(id)).Trim();
        return $"process {id}{(line.Length > 0 ? $" ({(line.Length > Most ? line[..Most] + "..." : line)})" : "")}";
    }

    private static string[] ReadArguments(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

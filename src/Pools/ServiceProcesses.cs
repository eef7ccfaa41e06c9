using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Pools;

/// <summary>
/// Finds the processes that are this node's units and self-heal daemons. The kernel tells which they are: who holds the lock on a
/// service's pid file, and what runs which program with which arguments. What stands in a pid file is believed of nobody.
/// </summary>
/// <param name="paths">Where their files are.</param>
public sealed class ServiceProcesses(PoolPaths paths)
{
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(10);
    private static readonly string s_program = Path.GetFileName(Environment.ProcessPath!);

    /// <summary>The process of a service.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>Its id; null where none runs or starts.</returns>
    public int? Find(string key) => FindByPidFile(key) ?? FindByArguments(key).Cast<int?>().FirstOrDefault();

    /// <summary>Every process of a service: beside the one that serves others may be starting or ending.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>Their ids.</returns>
    public int[] FindAll(string key)
    {
        int? first = FindByPidFile(key);
        return [.. FindByArguments(key).Concat(first is { } id ? [id] : []).Distinct()];
    }

    /// <summary>Whether a process is one of a service, now.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="key">The service's volfile's key.</param>
    /// <returns>Whether it is.</returns>
    public bool Is(int id, string key) =>
        IsOurProgram(id) && (IsToldOf(ReadArguments(id), key) || RecordLock.FindHolder(paths.PidFile(key)) == id);

    /// <summary>Tells every process of a service to end, and waits until all have.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>A task that ends then.</returns>
    /// <exception cref="CommandException">One may not be told, or has not ended in time.</exception>
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

        // Only now: before, the number may have become another one's.
        if (!Is(id, key))
        {
            return;
        }

        if (process.Terminate() is not (Errno.None or Errno.ESRCH) and var error)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"the process {id} of {key} cannot be told to end: {error.Describe()}");
        }

        while (!process.HasEnded)
        {
            if (Stopwatch.GetElapsedTime(start) > s_stopTimeout)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"the process {id} of {key} has not ended within {s_stopTimeout.TotalSeconds} s: where it hangs, kill -9 " +
                    $"{id}, and say it again");
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

    // A unit, a self-heal daemon, or one of them under GlusterFS's own arguments; not a command about one.
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

    // Run by this user: nobody else's process is taken for ours, whatever it calls itself. The program may have been replaced by
    // a newer one.
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
            // It has ended, or is nobody's who may be asked.
            return false;
        }
    }

    // "Uid:", then real, effective, saved and file system's. The owner of /proc/ID is root for everybody's process that wants it.
    private static uint UserOf(int id) => uint.Parse(
        File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2],
        NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Tells people which process it is.</summary>
    /// <param name="id">The process.</param>
    /// <returns>Its number and how it was called, shortened.</returns>
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

using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools;

/// <summary>Processes in the background, which nothing restarts.</summary>
public sealed class DirectServices(PoolPaths paths) : IServiceManager
{
    /// <inheritdoc/>
    public string? FindObjection(string key) => null;

    /// <inheritdoc/>
    public Task TakeOverUnitAsync(string key, UnitStart start) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task TakeOverHealDaemonAsync(string pool) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartUnitAsync(string key, UnitStart start) => StartAsync("unit", key, key, start);

    /// <inheritdoc/>
    public Task StartHealDaemonAsync(string pool, HealDaemonStart start) =>
        StartAsync("heal-daemon", $"the self-heal daemon of {pool}", PoolPaths.HealDaemonKey(pool), start);

    /// <inheritdoc/>
    public string[] FindChanges(string key, UnitStart start) => start.FindChanges(paths.StartOptions(key));

    /// <inheritdoc/>
    public Task StopUnitAsync(string key) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopHealDaemonAsync(string pool) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ForgetUnitAsync(string key) => ForgetAsync(key);

    /// <inheritdoc/>
    public Task ForgetHealDaemonAsync(string pool) => ForgetAsync(PoolPaths.HealDaemonKey(pool));

    private async Task StartAsync(string command, string name, string key, ProcessStart start)
    {
        string file = paths.StartOptions(key);
        SystemRefusal.Guard(start.Log!, () => OwnFiles.CreateDirectory(Path.GetDirectoryName(start.Log)!));
        SystemRefusal.Guard(file, () => OwnFiles.Put(file, start.ToJson(), FileModes.Public));
        string said = "";
        int code = await Background.StartAsync(
            [command, "--config", file, "--local-config", paths.LocalOptions(key)], IsOption, refused: errors => said = errors);
        if (code != 0)
        {
            string why = said.Trim() is { Length: > 0 } words ? $": {words}" : "";
            throw new CommandException((ExitCode)code, $"{name} did not start{why}; its log is {start.Log}");
        }
    }

    // The pool decides, not the environment of whoever types a command.
    private static bool IsOption(string variable) =>
        variable.StartsWith(ProcessStart.VariablePrefix, StringComparison.Ordinal) &&
        variable is not (RootDirectory.Variable or FaultPoint.Variable);

    private Task ForgetAsync(string key)
    {
        OwnFiles.Remove(paths.StartOptions(key));
        return Task.CompletedTask;
    }
}

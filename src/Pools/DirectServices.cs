using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools;

/// <summary>Processes in the background, which nothing restarts.</summary>
public sealed class DirectServices : IServiceManager
{
    /// <inheritdoc/>
    public string? FindObjection(string key) => null;

    /// <inheritdoc/>
    public Task TakeOverUnitAsync(string key, IReadOnlyDictionary<string, string> options) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task TakeOverHealDaemonAsync(string pool) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartUnitAsync(string key, IReadOnlyDictionary<string, string> options) => StartAsync("unit", key, options);

    /// <inheritdoc/>
    public Task StartHealDaemonAsync(string pool, IReadOnlyDictionary<string, string> options) =>
        StartAsync("heal-daemon", $"the self-heal daemon of {pool}", options);

    /// <inheritdoc/>
    public Task StopUnitAsync(string key) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopHealDaemonAsync(string pool) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ForgetUnitAsync(string key) => Task.CompletedTask;

    private static async Task StartAsync(string command, string name, IReadOnlyDictionary<string, string> options)
    {
        OwnFiles.CreateDirectory(Path.GetDirectoryName(options["log"])!);
        OwnFiles.CreateDirectory(Path.GetDirectoryName(options["pid-file"])!);
        int code =
            await Background.StartAsync([command, .. options.SelectMany(option => new[] { "--" + option.Key, option.Value })]);
        if (code != 0)
        {
            throw new CommandException((ExitCode)code, $"{name} did not start; its log is {options["log"]}");
        }
    }
}

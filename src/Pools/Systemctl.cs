using System.Diagnostics;
using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>systemd as this machine's service manager, through <c>systemctl</c>.</summary>
public static class Systemctl
{
    private const string Program = "systemctl";

    // Exists where systemd is the service manager: sd_booted(3).
    private const string Mark = "/run/systemd/system";

    // What is-enabled says of what is started at boot, or by something else that is.
    private static readonly string[] s_enabled = ["enabled", "enabled-runtime", "static", "indirect", "alias", "generated"];

    /// <summary>The service of a node's agent.</summary>
    public const string Agent = "kadalu-fsd-agent.service";

    /// <summary>The service of the manager of a cluster.</summary>
    public const string Manager = "kadalu-manager.service";

    /// <summary>
    /// Whether it manages this machine's services, and has the templates of storage units and self-heal daemons.
    /// </summary>
    public static Task<bool> KnowsTemplatesAsync() => KnowsAsync("kadalu-fsd@.service", "kadalu-fsd@.socket", HealDaemonOf(""));

    /// <summary>Whether it manages this machine's services, and has all of some.</summary>
    /// <param name="services">Their names.</param>
    public static async Task<bool> KnowsAsync(params string[] services)
    {
        try
        {
            return IsHere && (await TryAsync(["cat", .. services])).Code == 0;
        }
        catch (CommandException)
        {
            // Not installed.
            return false;
        }
    }

    /// <summary>The service of a pool's self-heal daemon.</summary>
    public static string HealDaemonOf(string pool) => $"kadalu-fsd-heal-daemon@{pool}.service";

    /// <summary>Reloads systemd, starts services, and enables them at boot. Completes when they are ready.</summary>
    /// <param name="services">The services and sockets.</param>
    /// <exception cref="CommandException">One does not start; the message says where the reason is.</exception>
    public static async Task StartAsync(params string[] services)
    {
        await MustAsync("daemon-reload");

        // systemd would not start one that has failed too often.
        await TryAsync(["reset-failed", .. services]);
        await MustAsync(["enable", "--now", .. services]);
    }

    /// <summary>Enables services at boot.</summary>
    /// <param name="services">The services and sockets.</param>
    /// <exception cref="CommandException">It cannot be done.</exception>
    public static async Task EnableAsync(params string[] services)
    {
        await MustAsync("daemon-reload");
        await MustAsync(["enable", .. services]);
    }

    /// <summary>Stops and disables services. Completes when they have ended; those that do not run are left alone.</summary>
    /// <param name="services">The services and sockets.</param>
    /// <exception cref="CommandException">One does not end.</exception>
    public static Task StopAsync(params string[] services) => MustAsync(["disable", "--now", .. services]);

    /// <summary>Whether systemd manages this machine's services.</summary>
    public static bool IsHere => Directory.Exists(Mark);

    /// <summary>Finds services that do not start at boot.</summary>
    /// <param name="root">The directory below which systemd's files are; <c>/</c> for this machine's.</param>
    /// <param name="services">The services and sockets.</param>
    /// <returns>Those that are not enabled, or not there at all.</returns>
    /// <exception cref="CommandException">systemctl is not installed.</exception>
    public static async Task<string[]> FindDisabledAsync(string root, IReadOnlyCollection<string> services)
    {
        // Beside one that is not there earlier versions say nothing of it on standard output.
        string[] states = await AskEnabledAsync(root, [.. services]);
        if (states.Length != services.Count)
        {
            states = [.. (await Task.WhenAll(services.Select(service => AskEnabledAsync(root, service))))
                .Select(said => said.FirstOrDefault() ?? "")];
        }

        return [.. services.Zip(states).Where(pair => !s_enabled.Contains(pair.Second)).Select(pair => pair.First)];
    }

    /// <summary>Reloads systemd after files were removed.</summary>
    /// <exception cref="CommandException">It fails.</exception>
    public static Task ForgetAsync() => MustAsync("daemon-reload");

    private static async Task<string[]> AskEnabledAsync(string root, params string[] services) =>
        (await RunAsync(["is-enabled", .. root == "/" ? [] : (string[])[$"--root={root}"], .. services])).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task MustAsync(params string[] arguments)
    {
        (int code, string error) = await TryAsync(arguments);
        if (code != 0)
        {
            // It reports success there too.
            IEnumerable<string> words = error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("Created symlink", StringComparison.Ordinal));
            throw new CommandException(
                ExitCode.PoolRefused, $"{Program} {string.Join(' ', arguments)}: {string.Join("\n  ", words)}");
        }
    }

    private static async Task<(int Code, string Error)> TryAsync(params string[] arguments)
    {
        (int code, string error, _) = await RunAsync(arguments);
        return (code, error);
    }

    private static async Task<(int Code, string Error, string Output)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Find(Program), [.. arguments, "--no-pager"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await error, output);
    }
}

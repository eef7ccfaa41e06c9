using System.Diagnostics;
using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>systemd as this machine's service manager, through <c>systemctl</c>.</summary>
public static class Systemctl
{
    private const string Program = "systemctl";

    // Made by systemd where it is the service manager: sd_booted(3).
    private const string Mark = "/run/systemd/system";

    /// <summary>
    /// Whether it manages this machine's services, and knows the templates of storage units and self-heal daemons.
    /// </summary>
    public static async Task<bool> KnowsTemplatesAsync()
    {
        try
        {
            return Directory.Exists(Mark) &&
                (await TryAsync("cat", "kadalu-fsd@.service", "kadalu-fsd@.socket", HealDaemonOf(""))).Code == 0;
        }
        catch (CommandException)
        {
            // Not installed.
            return false;
        }
    }

    /// <summary>The service of a pool's self-heal daemon.</summary>
    /// <returns>systemd's name of it.</returns>
    public static string HealDaemonOf(string pool) => $"kadalu-fsd-heal-daemon@{pool}.service";

    /// <summary>
    /// Has systemd read its files again, and starts services, now and whenever the machine starts. Ends when they are ready.
    /// </summary>
    /// <param name="services">The services and sockets.</param>
    /// <exception cref="CommandException">One does not start; says where the reason is.</exception>
    public static async Task StartAsync(params string[] services)
    {
        await MustAsync("daemon-reload");

        // One that has failed too often is left alone by systemd otherwise.
        await TryAsync(["reset-failed", .. services]);
        await MustAsync(["enable", "--now", .. services]);
    }

    /// <summary>Has services started whenever the machine starts.</summary>
    /// <param name="services">The services and sockets.</param>
    /// <returns>A task that ends when that is so.</returns>
    /// <exception cref="CommandException">It cannot be.</exception>
    public static async Task EnableAsync(params string[] services)
    {
        await MustAsync("daemon-reload");
        await MustAsync(["enable", .. services]);
    }

    /// <summary>
    /// Stops services, now and for the machine's next start. Ends when they are gone; those that do not run are left alone.
    /// </summary>
    /// <param name="services">The services and sockets.</param>
    /// <exception cref="CommandException">One does not end.</exception>
    public static Task StopAsync(params string[] services) => MustAsync(["disable", "--now", .. services]);

    /// <summary>Has systemd forget what it knew of files that are gone.</summary>
    /// <exception cref="CommandException">It does not.</exception>
    public static Task ForgetAsync() => MustAsync("daemon-reload");

    private static async Task MustAsync(params string[] arguments)
    {
        (int code, string error) = await TryAsync(arguments);
        if (code != 0)
        {
            // Of what went well it tells as well.
            IEnumerable<string> words = error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("Created symlink", StringComparison.Ordinal));
            throw new CommandException(
                ExitCode.PoolRefused, $"{Program} {string.Join(' ', arguments)}: {string.Join("\n  ", words)}");
        }
    }

    private static async Task<(int Code, string Error)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Find(Program), [.. arguments, "--no-pager"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await error);
    }
}

using KadaluFsd.Fsd.Systemd;

namespace KadaluFsd.Fsd.Pools;

/// <summary>Services of systemd, which starts them again when they fail, and when the machine starts.</summary>
internal sealed class SystemdServices : IServiceManager
{
    private const string Root = "/";
    private const string HealDaemonPrefix = "shd.";

    /// <inheritdoc/>
    public async Task StartUnitAsync(string key, IReadOnlyDictionary<string, string> options)
    {
        var unit = new SystemdUnit(key, Root);
        unit.Install(options);
        await StartAsync(options["log"], unit.Socket, unit.Service);
    }

    /// <inheritdoc/>
    public Task StartHealDaemonAsync(string pool, IReadOnlyDictionary<string, string> options) => StartAsync(options["log"], Systemctl.HealDaemonOf(pool));

    /// <inheritdoc/>
    public async Task StopAsync(string key)
    {
        if (IsHealDaemon(key, out string pool))
        {
            await Systemctl.StopAsync(Systemctl.HealDaemonOf(pool));
        }
        else if (new SystemdUnit(key, Root) is { IsInstalled: true } unit)
        {
            await Systemctl.StopAsync(unit.Service, unit.Socket);
        }
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(string key)
    {
        if (!IsHealDaemon(key, out _))
        {
            new SystemdUnit(key, Root).Delete();
            await Systemctl.ForgetAsync();
        }
    }

    private static async Task StartAsync(string log, params string[] services)
    {
        try
        {
            await Systemctl.StartAsync(services);
        }
        catch (StartException exception)
        {
            throw new StartException(exception.Code, $"{exception.Message}; its log is {log}");
        }
    }

    private static bool IsHealDaemon(string key, out string pool)
    {
        pool = key.StartsWith(HealDaemonPrefix, StringComparison.Ordinal) ? key[HealDaemonPrefix.Length..] : "";
        return pool.Length > 0;
    }
}

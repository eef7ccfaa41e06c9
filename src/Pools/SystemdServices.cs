using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>Services of systemd, which restarts them when they fail, and starts them at boot.</summary>
public sealed class SystemdServices : IServiceManager
{
    private const string Root = "/";

    /// <inheritdoc/>
    public string? FindObjection(string key) =>
        SystemdUnit.IsName(key)
            ? null
            : $"\"{key}\" can be no service of systemd's: node and path may have letters, digits, \"_\", \"-\" and \".\" in them";

    /// <inheritdoc/>
    public async Task StartUnitAsync(string key, UnitStart start)
    {
        var unit = new SystemdUnit(key, Root);
        unit.Install(start);
        await Systemctl.StartAsync(unit.Socket, unit.Service);
    }

    /// <inheritdoc/>
    public string[] FindChanges(string key, UnitStart start) =>
        SystemdUnit.IsName(key) ? start.FindChanges(new SystemdUnit(key, Root).Options) : [];

    /// <inheritdoc/>
    public async Task TakeOverUnitAsync(string key, UnitStart start)
    {
        if (SystemdUnit.IsName(key) && new SystemdUnit(key, Root) is { IsInstalled: false } unit)
        {
            unit.Install(start);
            await Systemctl.EnableAsync(unit.Socket, unit.Service);
        }
    }

    /// <inheritdoc/>
    public Task StartHealDaemonAsync(string pool, HealDaemonStart start) =>
        Systemctl.StartAsync(Systemctl.HealDaemonOf(pool));

    /// <inheritdoc/>
    public Task TakeOverHealDaemonAsync(string pool) => Systemctl.EnableAsync(Systemctl.HealDaemonOf(pool));

    /// <inheritdoc/>
    public async Task StopUnitAsync(string key)
    {
        if (SystemdUnit.IsName(key) && new SystemdUnit(key, Root) is { IsInstalled: true } unit)
        {
            await Systemctl.StopAsync(unit.Service, unit.Socket);
        }
    }

    /// <inheritdoc/>
    public Task StopHealDaemonAsync(string pool) => Systemctl.StopAsync(Systemctl.HealDaemonOf(pool));

    /// <inheritdoc/>
    public async Task ForgetUnitAsync(string key)
    {
        if (SystemdUnit.IsName(key))
        {
            new SystemdUnit(key, Root).Delete();
            await Systemctl.ForgetAsync();
        }
    }

    // The template has all that its service is told.
    /// <inheritdoc/>
    public Task ForgetHealDaemonAsync(string pool) => Task.CompletedTask;
}

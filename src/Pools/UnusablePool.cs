using KadaluFsd.Contract;
using KadaluFsd.Storage;
using KadaluFsd.Volgen;

namespace KadaluFsd.Pools;

/// <summary>
/// Commands on a pool whose definition cannot be read. They use what was made of the definition: its volfiles, which are named
/// after it and have the directories of its units.
/// </summary>
public sealed class UnusablePool(string name, PoolPaths paths, PoolStore store, PoolVolfiles volfiles, NodeServices services)
{
    // Names of pools have no dot, so no other pool's volfile begins like that.
    private string[] UnitKeys => !Directory.Exists(paths.Volfiles)
        ? []
        : [.. Directory.GetFiles(paths.Volfiles, $"{name}.*.vol").Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal)];

    /// <summary>Stops its processes on this node.</summary>
    /// <exception cref="CommandException">One does not end.</exception>
    public async Task StopAsync()
    {
        await services.StopHealDaemonAsync(name);
        foreach (string key in UnitKeys)
        {
            await services.StopUnitAsync(key);
        }
    }

    /// <summary>Deletes it: its volfiles, its marks on directories, its definition. Files stay where they are.</summary>
    /// <exception cref="CommandException">Its processes run, and it must be stopped before; or something cannot be
    /// removed.</exception>
    public async Task DeleteAsync()
    {
        string[] keys = UnitKeys;
        if (keys.Append(PoolPaths.HealDaemonKey(name)).FirstOrDefault(key => services.Find(key) is not null) is { } running)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"{running} runs (process {services.Find(running)}): stop the pool \"{name}\" first");
        }

        foreach (string key in keys)
        {
            await services.ForgetUnitAsync(key);
            Release(key);
        }

        await services.ForgetHealDaemonAsync(name);
        volfiles.Delete([name, .. keys, PoolPaths.HealDaemonKey(name)]);
        store.Remove(name);
    }

    private void Release(string key)
    {
        try
        {
            var unit = UnitVolfile.Identify(VolfileParser.Parse(File.ReadAllText(paths.Volfile(key))));
            new UnitDirectory(unit.Directory, unit.VolumeId).RemoveVolumeId();
        }
        catch (VolfileException)
        {
            // It has no owner any more.
        }
    }
}

using KadaluFsd.Contract;
using KadaluFsd.Storage;
using KadaluFsd.Volgen;

namespace KadaluFsd.Pools;

/// <summary>
/// What can still be done with a pool whose definition cannot be read. What is known of it then is what was made from the
/// definition: its volfiles, whose names say whose they are, and which tell where its units' directories are.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="paths">Where everything is.</param>
/// <param name="store">The pools that are known.</param>
/// <param name="volfiles">Their volfiles.</param>
/// <param name="services">This node's processes.</param>
public sealed class UnusablePool(string name, PoolPaths paths, PoolStore store, PoolVolfiles volfiles, NodeServices services)
{
    // No other pool's begins like that: there is no dot in a pool's name.
    private string[] UnitKeys => !Directory.Exists(paths.Volfiles)
        ? []
        : [.. Directory.GetFiles(paths.Volfiles, $"{name}.*.vol").Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal)];

    /// <summary>Stops its processes on this node.</summary>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="CommandException">One does not end.</exception>
    public async Task StopAsync()
    {
        await services.StopHealDaemonAsync(name);
        foreach (string key in UnitKeys)
        {
            await services.StopUnitAsync(key);
        }
    }

    /// <summary>Takes it away: its volfiles, its marks on directories, its definition. Files stay where they are.</summary>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="CommandException">Its processes run; it must be stopped before. Or something cannot be
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
            // Nobody's any more, then.
        }
    }
}

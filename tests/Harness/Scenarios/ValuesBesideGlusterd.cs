using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// Values of options, good ones and bad ones, set in a pool and, beside it, in a volume of glusterd's. What glusterd refuses is
/// refused; what is accepted makes no pool that could not be changed again, started, or mounted.
/// </summary>
/// <param name="workspace">Where everything is.</param>
internal sealed class ValuesBesideGlusterd(Workspace workspace)
{
    private static readonly string[] s_values =
    [
        "on", "off", "0", "1", "2", "3", "7", "-1", "08", "0x10", "5.5", "50%", "101%", "12.5%", "1KB", "1.3KB", "64MB",
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "bogus", "1min", "/tmp", "*", "10.0.0.1",
        "4294967296", "2147483648", "none", "auto", "INFO",
    ];

    // What glusterd refuses for a reason that is its own.
    private static readonly string[] s_itsOwn =
    [
        "does not exist", "Did you mean", "not a valid key", "is not enabled", "Enable quota first", "non-disperse",
        "not of disperse type", "for a non-replicate", "op-version", "reserved", "cannot be set", "brick-multiplex",
        "Volume is not",
    ];

    /// <summary>Sets values.</summary>
    /// <param name="names">The options.</param>
    /// <param name="valuesOfEach">How many of the values each option is given.</param>
    /// <returns>How many values were tried, how many glusterd refused, how many are refused here.</returns>
    internal async Task<(int Tried, int TheirRefusals, int OurRefusals)> RunAsync(IEnumerable<string> names, int valuesOfEach)
    {
        Glusterd glusterd = await Glusterd.StartAsync(workspace);
        string bricks = workspace.Create("bricks");
        Command created =
            await glusterd.TryAsync(
                "volume", "create", "v", "replica", "2", $"{TestNetwork.Address}:{bricks}/1", $"{TestNetwork.Address}:{bricks}/2",
                "force");
        Assert.True(created.ExitCode == 0, created.Error + created.Output);
        var pools = PoolHarness.Create(workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2", "--no-start");
        List<string> faults = [];
        (int tried, int theirs, int ours) = (0, 0, 0);
        int turn = 0;
        foreach (string name in names)
        {
            for (int number = 0; number < valuesOfEach; number++)
            {
                string value = s_values[turn++ % s_values.Length];
                Command[] both = await Task.WhenAll(
                    glusterd.TryAsync("volume", "set", "v", name, value), pools.TryAsync("set", "pool1", name, value));
                (Command they, Command we) = (both[0], both[1]);
                tried++;
                theirs += they.ExitCode == 0 ? 0 : 1;
                ours += we.ExitCode == 0 ? 0 : 1;
                string words = they.Error + they.Output;
                if (they.ExitCode != 0 && we.ExitCode == 0 &&
                    !s_itsOwn.Any(own => words.Contains(own, StringComparison.OrdinalIgnoreCase)))
                {
                    faults.Add($"{name} {value} is taken here; glusterd: {words.Trim()}");
                }

                if (they.ExitCode == 0)
                {
                    await glusterd.TryAsync("volume", "reset", "v", name, "force");
                }

                // A pool in which a value makes trouble can be given no other one, and is not given back its own.
                Command reset = we.ExitCode == 0
                    ? await pools.TryAsync("reset", "pool1", name)
                    : await pools.TryAsync("set", "pool1", "performance.io-cache", "on");
                if (reset.ExitCode != 0)
                {
                    faults.Add($"after {name} {value}: {reset.Error.Trim()}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        await pools.MustAsync("start", "pool1");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "text");
        return (tried, theirs, ours);
    }

    /// <summary>Every option that has a name.</summary>
    /// <returns>The names.</returns>
    internal static IEnumerable<string> AllNames() => OptionNames.All.Select(target => target.Name).Distinct();
}

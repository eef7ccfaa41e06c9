namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// A mirror in the hands of Kadalu's manager: what that does with its processes when the pool is created, its options are set, it
/// is expanded, stopped and deleted. It waits for nothing but the end of what it starts, and fails as a whole where a process or a
/// pid file is not there.
/// </summary>
/// <param name="workspace">Where its units are.</param>
internal sealed class ManagedPool(Workspace workspace)
{
    private const string Pool = "mirror";
    private const int Copies = 2;

    /// <summary>Does all that so many times.</summary>
    /// <param name="rounds">How often.</param>
    internal async Task RunAsync(int rounds)
    {
        string serverOptions = $"    option volspec-directory {workspace.Create("volfiles")}\n    ";
        var definitions = new List<UnitDefinition>();
        foreach (string name in new[] { "u1", "u2", "u3", "u4" })
        {
            definitions.Add(await UnitDefinition.CreateAsync(workspace, Pool, name, serverOptions));
        }

        ManagedUnit[] units = [.. definitions.Select(unit => ManagedUnit.Create(workspace, unit))];
        ManagedHealDaemon healer = await ManagedHealDaemon.CreateAsync(workspace, definitions[..Copies]);
        for (int round = 1; round <= rounds; round++)
        {
            // Created and started: the self-heal daemon after the first unit.
            await StartAsync(units[0], round);
            await StartAsync(healer, round);
            await StartAsync(units[1], round);

            // An option is set.
            await HangUpAsync([.. units[..Copies], healer], round);

            // Expanded: units that do not run are started, all are told, the self-heal daemon is restarted.
            await StartAsync(units[2], round);
            await StartAsync(units[3], round);
            await HangUpAsync([.. units, healer], round);
            await healer.StopAsync();
            await StartAsync(healer, round);

            // Stopped, started again, stopped and deleted.
            await StopAsync([.. units, healer]);
            await StartAsync(units[0], round);
            await StartAsync(healer, round);
            foreach (ManagedUnit unit in units[1..])
            {
                await StartAsync(unit, round);
            }

            ManagedProcess[] all = [.. units, healer];
            int[] ids = [.. all.Select(process => process.Pid)];
            await StopAsync(all);
            foreach (int id in ids)
            {
                await ManagedProcess.GoneAsync(id);
            }
        }
    }

    private static async Task StartAsync(ManagedProcess process, int round)
    {
        Command started = await process.StartAsync();
        Assert.True(started.ExitCode == 0, $"round {round}: {process.PidFile}: {started.ExitCode} {started.Error}");
        Assert.True(process.IsRunning, $"round {round}: {process.PidFile} is Down");
    }

    private static async Task HangUpAsync(ManagedProcess[] processes, int round)
    {
        foreach (ManagedProcess process in processes)
        {
            Assert.True(process.IsRunning, $"round {round}: {process.PidFile} is Down before SIGHUP");
            await process.SignalAsync("HUP");
        }
    }

    private static async Task StopAsync(ManagedProcess[] processes)
    {
        foreach (ManagedProcess process in processes)
        {
            await process.StopAsync();
        }
    }
}

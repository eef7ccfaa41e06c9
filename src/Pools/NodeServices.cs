using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>The processes of pools on this node: units, and the self-heal daemon of each pool with redundancy.</summary>
public sealed class NodeServices(PoolPaths paths)
{
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(60);
    // These answers need no disk and no other process.
    private static readonly TimeSpan s_statusWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(20);

    private readonly ServiceProcesses _processes = new(paths);
    private readonly ServiceQuestions _questions = new(paths);
    private IServiceManager? _manager;

    /// <summary>Orders to self-heal daemons.</summary>
    public HealOrders Healing => field ??= new HealOrders(paths, _processes);

    /// <summary>The process of a service.</summary>
    /// <returns>Its id; null where none is running or starting.</returns>
    public int? Find(string key) => _processes.Find(key);

    /// <summary>Checks whether a service can be started with a key.</summary>
    /// <returns>Why it cannot; null where it can.</returns>
    public async Task<string?> FindObjectionAsync(string key) => (await ManagerAsync()).FindObjection(key);

    /// <summary>Starts a unit, unless it runs, and waits until it serves clients.</summary>
    /// <exception cref="CommandException">It does not start; its error was printed, or the message says where it is.</exception>
    public async Task StartUnitAsync(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        UnitStart start = StartOf(pool, member);
        IServiceManager manager = await ManagerAsync();
        await (await IsServingAsync(key) ? manager.TakeOverUnitAsync(key, start) : manager.StartUnitAsync(key, start));
    }

    /// <summary>Finds the settings of a unit that it takes at its next start.</summary>
    /// <returns>The pool options, by name; empty for a unit that does not run.</returns>
    public async Task<string[]> FindPendingSettingsAsync(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        return Find(key) is null
            ? []
            : [.. (await ManagerAsync()).FindChanges(key, StartOf(pool, member)).Select(UnitSettings.NameOf)];
    }

    private UnitStart StartOf(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        var start = new UnitStart
        {
            Volfile = paths.Volfile(key),
            Port = member.Unit.Port,
            Volfiles = paths.Volfiles,
            Log = paths.UnitLog(key),
            PidFile = paths.PidFile(key),
            Control = paths.ControlSocket(key),
            NodePort = DefaultPorts.Node,
            PoolPort = pool.Port > 0 ? pool.Port : null,
        };
        return start.With(UnitSettings.Of(pool, member.Unit));
    }

    /// <summary>Starts a pool's self-heal daemon, unless it runs.</summary>
    /// <returns>A task that ends when it runs.</returns>
    /// <exception cref="CommandException">It does not start; its error was printed, or the message says where it is.</exception>
    public async Task StartHealDaemonAsync(Pool pool)
    {
        string key = PoolPaths.HealDaemonKey(pool);
        if (!pool.CanHeal)
        {
            return;
        }

        IServiceManager manager = await ManagerAsync();
        if (await IsServingAsync(key))
        {
            await manager.TakeOverHealDaemonAsync(pool.Name);
            return;
        }

        await manager.StartHealDaemonAsync(pool.Name, new HealDaemonStart
        {
            Pool = pool.Name,
            Volfile = paths.Volfile(key),
            Log = paths.HealDaemonLog(pool.Name),
            PidFile = paths.PidFile(key),
            Control = paths.ControlSocket(key),
        });
    }

    /// <summary>Stops a unit, if it runs, and waits until it has ended.</summary>
    /// <exception cref="CommandException">It does not end.</exception>
    public async Task StopUnitAsync(string key)
    {
        await (await ManagerAsync()).StopUnitAsync(key);
        await EndAsync(key);
    }

    /// <summary>Stops a pool's self-heal daemon, if it runs, and waits until it has ended.</summary>
    /// <exception cref="CommandException">It does not end.</exception>
    public async Task StopHealDaemonAsync(string pool)
    {
        await (await ManagerAsync()).StopHealDaemonAsync(pool);
        await EndAsync(PoolPaths.HealDaemonKey(pool));
    }

    // Files of a killed process are removed too: they must not look like a running one.
    private async Task EndAsync(string key)
    {
        await _processes.EndAsync(key);
        if (Directory.Exists(Path.GetDirectoryName(paths.PidFile(key))))
        {
            File.Delete(paths.PidFile(key));
            LocalSocketPath.For(paths.ControlSocket(key)).RemoveDead();
        }
    }

    /// <summary>Removes a unit from the service manager, and the records of its runs.</summary>
    /// <exception cref="CommandException">It fails.</exception>
    public async Task ForgetUnitAsync(string key)
    {
        await (await ManagerAsync()).ForgetUnitAsync(key);
        new RunFiles(paths.ControlSocket(key)).Remove();
    }

    /// <summary>Removes the records of a self-heal daemon's runs.</summary>
    public async Task ForgetHealDaemonAsync(string pool)
    {
        await (await ManagerAsync()).ForgetHealDaemonAsync(pool);
        new RunFiles(paths.ControlSocket(PoolPaths.HealDaemonKey(pool))).Remove();
    }

    /// <summary>Has a unit or a self-heal daemon read its volfile again.</summary>
    /// <exception cref="CommandException">It does not answer, or refuses.</exception>
    public async Task<ReloadResult> ReloadAsync(string key)
    {
        ReloadResult result = await _questions.AskAsync(key, "POST", "/v1/reload", ControlJson.Default.ReloadResult);
        return result.Graph is ReloadResult.Refused or ReloadResult.PartlyApplied ? throw new CommandException(
            ExitCode.PoolRefused, $"{key}: {result.Graph}: {result.Reason}")
        { IsRefusal = true } : result;
    }

    /// <summary>Describes why a unit does not run.</summary>
    /// <returns>How it ended, and where its log is.</returns>
    public string[] DescribeEnd(Pool pool, PoolMember member) =>
        DescribeEnd(member.Unit.Key(pool.Name), StartOf(pool, member).Log!);

    /// <summary>Describes why a pool's self-heal daemon does not run.</summary>
    public string[] DescribeHealDaemonEnd(Pool pool) =>
        DescribeEnd(PoolPaths.HealDaemonKey(pool), paths.HealDaemonLog(pool.Name));

    /// <summary>Asks a unit for its status.</summary>
    /// <returns>Its status; null where it does not answer.</returns>
    public Task<UnitStatus?> AskAsync(string key) => TryAskAsync(key, ControlJson.Default.UnitStatus);

    /// <summary>Asks a pool's self-heal daemon for its status.</summary>
    /// <returns>Its status; null where none runs, or it does not answer.</returns>
    public async Task<HealDaemonStatus?> AskHealDaemonAsync(Pool pool)
    {
        string key = PoolPaths.HealDaemonKey(pool);
        return Find(key) is null ? null : await TryAskAsync(key, ControlJson.Default.HealDaemonStatus);
    }

    private string[] DescribeEnd(string key, string log) =>
        [.. new RunFiles(paths.ControlSocket(key)).DescribeEnd() is { } end ? new[] { end } : [], $"its log is {log}"];

    private async Task<T?> TryAskAsync<T>(string key, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await _questions.AskAsync(key, "GET", "/v1/status", type, s_statusWithin);
        }
        catch (CommandException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a service runs. One that is starting, because the command that started it was killed, is waited for.
    /// </summary>
    /// <exception cref="CommandException">It neither serves nor ends.</exception>
    public async Task<bool> IsServingAsync(string key)
    {
        long start = Stopwatch.GetTimestamp();
        while (Find(key) is { } id)
        {
            if (await StateOfAsync(key) is not (null or UnitStatus.Starting))
            {
                return true;
            }

            if (Stopwatch.GetElapsedTime(start) > s_startTimeout)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"the process {id} of {key} runs, but does not answer on {paths.ControlSocket(key)} for " +
                    $"{s_startTimeout.TotalSeconds} s: it is starting, or hangs; then kill -9 {id}");
            }

            await Task.Delay(s_lookEvery);
        }

        return false;
    }

    // A self-heal daemon runs when it answers.
    private async Task<string?> StateOfAsync(string key)
    {
        try
        {
            string answer = await ControlClient.AskAsync(
                paths.ControlSocket(key), "GET", "/v1/status", Array.Empty<byte>(), CancellationToken.None);
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.TryGetProperty("state", out JsonElement state) ? state.ToString() : "";
        }
        catch (Exception exception) when (exception is CommandException or JsonException)
        {
            return null;
        }
    }

    private async Task<IServiceManager> ManagerAsync() =>
        _manager ??= paths.IsUsual && await Systemctl.KnowsTemplatesAsync() ? new SystemdServices() : new DirectServices(paths);
}

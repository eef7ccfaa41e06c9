using System.Text.Json;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>What pools' self-heal daemons on this node are told, and asked of their work.</summary>
public sealed class HealOrders(PoolPaths paths, ServiceProcesses processes)
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(200);

    // Longer than GlusterFS waits for a unit that does not answer (42 s).
    private static readonly TimeSpan s_unitsAnswerWithin = TimeSpan.FromSeconds(60);

    // Some thousand files a second.
    private static readonly TimeSpan s_everyFileWithin = TimeSpan.FromHours(24);

    private readonly ServiceQuestions _questions = new(paths);

    /// <summary>Has a pool's self-heal daemon look for what needs healing, at once.</summary>
    /// <param name="isFull">Whether to walk through the whole pool, instead of what the units' indices name.</param>
    /// <returns>What came of it for each unit.</returns>
    /// <exception cref="CommandException">It does not answer, or can heal nothing.</exception>
    public async Task<HealStart[]> StartAsync(Pool pool, bool isFull) => (await _questions.AskAsync(
        HealDaemonOf(pool), "POST", "/v1/heals", ControlJson.Default.HealAnswer, s_unitsAnswerWithin,
        JsonSerializer.SerializeToUtf8Bytes(
            new HealOrder(isFull ? HealOrder.Full : HealOrder.Index), ControlJson.Default.HealOrder))).Units;

    /// <summary>As <see cref="StartAsync"/>, where nothing depends on it.</summary>
    /// <returns>A task that ends when it was told, or could not be: units are not there yet, or somebody else is telling
    /// it.</returns>
    public async Task OrderAsync(Pool pool, bool isFull)
    {
        try
        {
            await StartAsync(pool, isFull);
        }
        catch (CommandException)
        {
            // What waits goes on waiting, which whoever asks for it sees.
        }
    }

    /// <summary>What a pool's self-heal daemon has searched for lately.</summary>
    /// <returns>The searches, and those that go on.</returns>
    /// <exception cref="CommandException">It does not answer.</exception>
    public Task<HealCrawl[]> GetCrawlsAsync(Pool pool) =>
        _questions.AskAsync(HealDaemonOf(pool), "GET", "/v1/heals", ControlJson.Default.HealCrawlArray);

    /// <summary>
    /// Has a pool's self-heal daemon tell the other units of a mirror that one missed everything. That unit must not run.
    /// </summary>
    /// <param name="unit">What the unit is called in the daemon's graph.</param>
    /// <param name="how">Whether it has old files, each of which is marked; and whether other units are lost as well.</param>
    /// <returns>How many files and directories are marked.</returns>
    /// <exception cref="CommandException">It does not answer, or the other units are not all connected
    /// (<see cref="ExitCode.PeerRefused"/>).</exception>
    public async Task<long> MarkMissedAsync(Pool pool, string unit, RejoiningUnit how) => (await _questions.AskAsync(
        HealDaemonOf(pool), "POST", "/v1/marks", ControlJson.Default.MarkAnswer, s_everyFileWithin,
        JsonSerializer.SerializeToUtf8Bytes(
            new MarkOrder(unit, how.HasFiles ? MarkOrder.Everything : MarkOrder.Top, how.IsBesideLost),
            ControlJson.Default.MarkOrder))).Marked;

    /// <summary>Has a pool's self-heal daemon compare copies with each other, and waits until it has.</summary>
    /// <exception cref="CommandException">It does not answer.</exception>
    public async Task<CopyReport> CheckCopiesAsync(Pool pool)
    {
        string key = HealDaemonOf(pool);
        CopyReport report = await _questions.AskAsync(key, "POST", "/v1/checks", ControlJson.Default.CopyReport);
        while (report.IsRunning)
        {
            await Task.Delay(s_lookEvery);
            report = await _questions.AskAsync(key, "GET", "/v1/checks", ControlJson.Default.CopyReport);
        }

        return report;
    }

    private string HealDaemonOf(Pool pool)
    {
        PoolHeal.RequireCopies(pool);
        string key = PoolPaths.HealDaemonKey(pool);
        return processes.Find(key) is null ? throw new CommandException(
            ExitCode.PeerUnreachable, $"the self-heal daemon of {pool.Name} does not run here: pool start {pool.Name}")
            : key;
    }
}

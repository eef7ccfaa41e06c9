using System.Text.Json;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Orders and questions to the self-heal daemons of pools on this node.</summary>
public sealed class HealOrders(PoolPaths paths, ServiceProcesses processes)
{
    // Longer than GlusterFS waits for a unit that does not answer (42 s).
    private static readonly TimeSpan s_unitsAnswerWithin = TimeSpan.FromSeconds(60);

    // Some thousand files a second.
    private static readonly TimeSpan s_everyFileWithin = TimeSpan.FromHours(24);

    private readonly ServiceQuestions _questions = new(paths);

    /// <summary>Has a pool's self-heal daemon crawl for what has to be healed.</summary>
    /// <param name="isFull">True for a full crawl, false for the indices of units.</param>
    /// <returns>The result for each unit.</returns>
    /// <exception cref="CommandException">It does not answer, or can heal nothing.</exception>
    public async Task<HealStart[]> StartAsync(Pool pool, bool isFull) => (await _questions.AskAsync(
        HealDaemonOf(pool), "POST", "/v1/heals", ControlJson.Default.HealAnswer, s_unitsAnswerWithin,
        JsonSerializer.SerializeToUtf8Bytes(
            new HealOrder(isFull ? HealOrder.Full : HealOrder.Index), ControlJson.Default.HealOrder))).Units;

    /// <summary>As <see cref="StartAsync"/>, without errors.</summary>
    /// <returns>Completes when the order was given, or could not be: units may not be connected yet, or another order is
    /// running.</returns>
    public async Task OrderAsync(Pool pool, bool isFull)
    {
        try
        {
            await StartAsync(pool, isFull);
        }
        catch (CommandException)
        {
            // What has to be healed stays visible in heal info.
        }
    }

    /// <summary>The latest crawls of a pool's self-heal daemon.</summary>
    /// <returns>The crawls, running ones included.</returns>
    /// <exception cref="CommandException">It does not answer.</exception>
    public Task<HealCrawl[]> GetCrawlsAsync(Pool pool) =>
        _questions.AskAsync(HealDaemonOf(pool), "GET", "/v1/heals", ControlJson.Default.HealCrawlArray);

    /// <summary>
    /// Has a pool's self-heal daemon mark on the other units of a mirror that one of them missed everything. That unit must not
    /// run.
    /// </summary>
    /// <param name="unit">The unit's volume in the daemon's graph.</param>
    /// <param name="how">Whether it has old files, each of which is marked, and whether other units are lost as well.</param>
    /// <returns>The number of files and directories that are marked.</returns>
    /// <exception cref="CommandException">It does not answer, or the other units are not all connected
    /// (<see cref="ExitCode.PeerRefused"/>).</exception>
    public async Task<long> MarkMissedAsync(Pool pool, string unit, RejoiningUnit how) => (await _questions.AskAsync(
        HealDaemonOf(pool), "POST", "/v1/marks", ControlJson.Default.MarkAnswer, s_everyFileWithin,
        JsonSerializer.SerializeToUtf8Bytes(
            new MarkOrder(unit, how.HasFiles ? MarkOrder.Everything : MarkOrder.Top, how.IsBesideLost),
            ControlJson.Default.MarkOrder))).Marked;

    /// <summary>Asks a pool's self-heal daemon what it has found so far when it compared copies.</summary>
    /// <param name="isBegun">Whether it begins to compare them, unless it does so already.</param>
    /// <exception cref="CommandException">It does not answer, or has never compared them.</exception>
    public Task<CopyReport> AskCheckAsync(Pool pool, bool isBegun) => _questions.AskAsync(
        HealDaemonOf(pool), isBegun ? "POST" : "GET", "/v1/checks", ControlJson.Default.CopyReport);

    private string HealDaemonOf(Pool pool)
    {
        PoolHeal.RequireCopies(pool);
        string key = PoolPaths.HealDaemonKey(pool);
        return processes.Find(key) is null ? throw new CommandException(
            ExitCode.PeerUnreachable, $"the self-heal daemon of {pool.Name} does not run here: kadalu pool start {pool.Name}")
            : key;
    }
}

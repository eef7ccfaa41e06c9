namespace KadaluFsd.Bench.Load;

/// <summary>Measures glusterfsd and kadalu-fsd side by side: on the same machine, one after the other in turn.</summary>
internal static class Turns
{
    /// <summary>Measures both some times.</summary>
    /// <param name="rounds">How often. One round more comes first and does not count: it warms the page cache up.</param>
    /// <param name="measure">Measures one once.</param>
    internal static async Task<(List<T> Stock, List<T> Ours)> MeasureAsync<T>(int rounds, Func<Daemon, Task<T>> measure)
    {
        (Daemon Daemon, List<T> Measured)[] both = [(new StockDaemon(), []), (new KadaluDaemon(), [])];
        for (int round = 0; round <= rounds; round++)
        {
            foreach ((Daemon daemon, List<T> all) in round % 2 == 0 ? both : both.Reverse())
            {
                T measured = await measure(daemon);
                if (round > 0)
                {
                    all.Add(measured);
                }
            }
        }

        return (both[0].Measured, both[1].Measured);
    }
}

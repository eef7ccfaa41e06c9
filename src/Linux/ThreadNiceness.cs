
namespace KadaluFsd.Linux;

/// <summary>Niceness of single threads (setpriority(2): on Linux each thread has one of its own).</summary>
public static class ThreadNiceness
{
    // nice(1)'s own step.
    private const int Nice = 10;

    [ThreadStatic]
    private static bool s_isNice;

    /// <summary>
    /// Lowers the priority of the calling thread below the graph's threads. Does nothing the second time, and where it is not
    /// allowed.
    /// </summary>
    public static void GiveWay()
    {
        if (!s_isNice)
        {
            s_isNice = true;
            _ = Libc.SetPriority(Libc.PrioProcess, 0, Nice);
        }
    }
}

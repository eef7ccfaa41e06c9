
namespace KadaluFsd.Linux;

/// <summary>How much a thread steps back for others (setpriority(2): on Linux each thread has a niceness of its own).</summary>
public static class ThreadNiceness
{
    // nice(1)'s own step.
    private const int Nice = 10;

    [ThreadStatic]
    private static bool s_isNice;

    /// <summary>
    /// Makes the calling thread give way to the graph's, from now on. Does nothing the second time, and where it is not allowed.
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

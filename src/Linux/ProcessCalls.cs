using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>Calls on processes that .NET has no methods for.</summary>
public static class ProcessCalls
{
    /// <summary>The effective user id.</summary>
    public static uint EffectiveUser => LibC.geteuid();

    /// <summary>The effective group id.</summary>
    public static uint EffectiveGroup => LibC.getegid();

    /// <summary>
    /// Ends this process at once: _exit(2). exit(3) would run the exit handlers of libraries, which free what running threads
    /// still use.
    /// </summary>
    public static void EndAtOnce(int code) => Libc.EndAtOnce(code);
}

using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>What can be asked of processes that .NET has no methods for.</summary>
public static class ProcessCalls
{
    /// <summary>Whose rights this process has.</summary>
    public static uint EffectiveUser => LibC.geteuid();

    /// <summary>Which group's rights this process has.</summary>
    public static uint EffectiveGroup => LibC.getegid();

    /// <summary>
    /// Ends this process without any more of its own code: _exit(2). exit(3) calls what libraries have left to be called at the
    /// end, which takes away what threads that are still there use.
    /// </summary>
    public static void EndAtOnce(int code) => Libc.EndAtOnce(code);
}

using Tmds.Linux;

namespace KadaluFsd.Native.Linux;

/// <summary>What can be asked of processes that .NET has no methods for.</summary>
public static class ProcessCalls
{
    /// <summary>Whose rights this process has.</summary>
    public static uint EffectiveUser => LibC.geteuid();

    /// <summary>Which group's rights this process has.</summary>
    public static uint EffectiveGroup => LibC.getegid();

    /// <summary>Tells a process to end (SIGTERM).</summary>
    /// <param name="process">Its id.</param>
    public static void Terminate(int process) => _ = LibC.kill(process, LibC.SIGTERM);
}

namespace KadaluFsd.Contract;

/// <summary>
/// Places where tests kill a process that changes pools (as by SIGKILL), to see that the next one repairs things.
/// </summary>
public static class FaultPoint
{
    /// <summary>The environment variable that names the place.</summary>
    public const string Variable = "KADALU_FSD_DIE_AT";

    /// <summary>A place.</summary>
    public static void Pass(string name)
    {
        if (Environment.GetEnvironmentVariable(Variable) == name)
        {
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}

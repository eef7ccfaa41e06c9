using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Hosting;

/// <summary>
/// Who may have which descriptors. The kernel gives the lowest number that is free, so a number says how many are in use: clients
/// get those below a line, nodes of the pool some more, and the last ones are kept for the process itself, to look at its disk
/// and to answer on its control socket.
/// </summary>
/// <param name="Limit">How many there are.</param>
public sealed record DescriptorBudget(int Limit)
{
    // The control socket, the one for metrics, the log, volfiles that have changed; and as many for the nodes of a large pool.
    private const int MostReserved = 512;

    /// <summary>The first descriptor that no client may have, with a connection or an open file.</summary>
    public int ForNodes { get; } = Limit - Math.Min(MostReserved, Limit / 4);

    /// <summary>The first descriptor that no node of the pool may have.</summary>
    public int ForItself { get; } = Limit - (Math.Min(MostReserved, Limit / 4) / 2);

    /// <summary>Raises the process's limit as far as it may, and divides what there is.</summary>
    public static DescriptorBudget Raise() => new(DescriptorTable.RaiseLimit());

    /// <summary>Looks whether clients can have another one.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public HealthProblem? Look()
    {
        Errno error = DescriptorTable.FindLowestFree(out int lowest);
        return error != Errno.None ? new HealthProblem(HealthCodes.Of(error), $"a descriptor: {error.Describe()}")
            : lowest >= ForNodes ? new HealthProblem(HealthCodes.DescriptorsExhausted,
                $"{lowest} of {Limit} descriptors are in use: new clients and files are refused") : null;
    }
}

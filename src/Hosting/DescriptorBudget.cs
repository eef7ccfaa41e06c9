using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Hosting;

/// <summary>
/// Divides the file descriptors of the process. The kernel gives the lowest free number, so a number says how many are in use:
/// clients get those below a line, nodes of the pool some more, and the last ones are reserved for the process itself, to check
/// its disk and to answer on its control socket.
/// </summary>
/// <param name="Limit">The number of descriptors.</param>
public sealed record DescriptorBudget(int Limit)
{
    // Control socket, metrics, log, changed volfiles; and as many for the nodes of a large pool.
    private const int MostReserved = 512;

    /// <summary>The first descriptor that no client may have, with a connection or an open file.</summary>
    public int ForNodes { get; } = Limit - Math.Min(MostReserved, Limit / 4);

    /// <summary>The first descriptor that no node of the pool may have.</summary>
    public int ForItself { get; } = Limit - (Math.Min(MostReserved, Limit / 4) / 2);

    /// <summary>Raises the process's limit as far as possible, and divides it.</summary>
    public static DescriptorBudget Raise() => new(DescriptorTable.RaiseLimit());

    /// <summary>Checks whether clients can have another one.</summary>
    /// <returns>The problem; null when there is none.</returns>
    public HealthProblem? Look()
    {
        Errno error = DescriptorTable.FindLowestFree(out int lowest);
        return error != Errno.None ? new HealthProblem(HealthCodes.Of(error), $"a descriptor: {error.Describe()}")
            : lowest >= ForNodes ? new HealthProblem(HealthCodes.DescriptorsExhausted,
                $"{lowest} of {Limit} descriptors are in use: new clients and files are refused") : null;
    }
}

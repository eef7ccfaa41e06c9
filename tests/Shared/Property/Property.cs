using CsCheck;

namespace KadaluFsd.Shared;

/// <summary>What must hold for every input, checked with inputs that CsCheck makes up.</summary>
internal static class Property
{
    // CsCheck takes a seed for the first input only, and the time of day for the others.
    private const string Seed = "0000KadaluFsd";

    private const int MoreToFindASmallerOne = 100_000;

    private static readonly string[] s_wishes = ["CsCheck_Seed", "CsCheck_Iter", "CsCheck_Time"];

    /// <summary>
    /// Checks the same inputs each time, or what CsCheck's environment variables ask for, of which no two runs are the same. What
    /// fails is made smaller, and shown with its seed.
    /// </summary>
    /// <param name="inputs">What is made up; its text is shown.</param>
    /// <param name="count">How many of them by default.</param>
    /// <param name="check">Throws for one for which it does not hold; called by several threads at a time.</param>
    internal static void Holds<T>(Gen<T> inputs, int count, Action<T> check)
        where T : notnull
    {
        if (s_wishes.Any(name => Environment.GetEnvironmentVariable(name) is not null))
        {
            inputs.Sample(check, print: Show);
            return;
        }

        var random = PCG.Parse(Seed);
        for (; count > 0; count--)
        {
            ulong state = random.State;
            try
            {
                check(inputs.Generate(random, null, out _));
            }
            catch (Exception)
            {
                inputs.Sample(check, seed: random.ToString(state), iter: MoreToFindASmallerOne, print: Show);
                throw;
            }
        }
    }

    private static string Show<T>(T input)
        where T : notnull => input.ToString()!;
}

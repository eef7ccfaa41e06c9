namespace KadaluFsd.Harness;

/// <summary>What tests measure on their way: printed with the totals by tests/run.sh, never asserted.</summary>
internal static class TestFigures
{
    /// <summary>Adds a line.</summary>
    internal static void Print(string line)
    {
        Console.WriteLine(line);
        if (Environment.GetEnvironmentVariable("TEST_FIGURES") is { Length: > 0 } file)
        {
            File.AppendAllText(file, line + "\n");
        }
    }
}

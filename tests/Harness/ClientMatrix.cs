using System.Globalization;

namespace KadaluFsd.Harness;

/// <summary>What clients can do, as tests have found it: docs/reference/clients.md is made of it (tests/matrix.sh).</summary>
internal static class ClientMatrix
{
    /// <summary>Columns, in the order of the table.</summary>
    internal static class Column
    {
        internal const string Connects = "connects";
        internal const string FirstServerDead = "first server dead";
        internal const string ServerLost = "server lost later";
        internal const string OptionSet = "option set";
        internal const string UnitKilled = "unit killed";
    }

    /// <summary>Notes that a client can do something, once a test has seen it.</summary>
    /// <param name="client">The client, with the way in which it reaches the pool: <see cref="RealClient"/>'s words.</param>
    /// <param name="column">One of <see cref="Column"/>.</param>
    /// <param name="works">Whether it can; a test shows as well what a client cannot do.</param>
    internal static void Note(string client, string column, bool works = true)
    {
        if (Environment.GetEnvironmentVariable("CLIENT_MATRIX") is { Length: > 0 } file)
        {
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{client}\t{column}\t{(works ? "yes" : "no")}\n"));
        }
    }
}

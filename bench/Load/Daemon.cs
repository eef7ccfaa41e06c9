using System.Globalization;

namespace KadaluFsd.Bench.Load;

/// <summary>A daemon that can host a storage unit, and how its pool is mounted.</summary>
internal abstract class Daemon
{
    /// <summary>Program and arguments that run it in the foreground.</summary>
    internal abstract (string Program, string[] Arguments) Command(BenchUnit unit);

    /// <summary>What the client is told, besides where to mount.</summary>
    internal abstract string[] MountArguments(BenchUnit unit);
}

/// <summary>glusterfsd as Debian ships it. It serves no volfiles: its client reads a file.</summary>
internal sealed class StockDaemon : Daemon
{
    internal override (string Program, string[] Arguments) Command(BenchUnit unit)
    {
        string text = File.ReadAllText(unit.UnitVolfile);
        string path = Path.Combine(unit.Root, "stock.vol");
        File.WriteAllText(path, text.Replace(
            "option transport-type tcp", $"option transport-type tcp\n    option transport.socket.listen-port {unit.Port}",
            StringComparison.Ordinal));
        return ("glusterfsd", ["-N", "-f", path, "-l", Path.Combine(unit.Root, "unit.log")]);
    }

    internal override string[] MountArguments(BenchUnit unit) => ["-f", Path.Combine(unit.VolfileDirectory, "bench.vol")];
}

/// <summary>kadalu-fsd as `make build` leaves it, with its control socket.</summary>
internal sealed class KadaluDaemon : Daemon
{
    /// <summary>Path of the program.</summary>
    internal static string Program { get; } = Path.Combine(BenchUnit.Source, "artifacts", "kadalu-fsd", "kadalu-fsd");

    internal override (string Program, string[] Arguments) Command(BenchUnit unit) =>
        (Program,
         ["unit", "--volfile", unit.UnitVolfile, "--port", Text(unit.Port), "--volfiles", unit.VolfileDirectory, "--log",
             Path.Combine(unit.Root, "unit.log"),
          "--control", Path.Combine(unit.Root, "control")]);

    internal override string[] MountArguments(BenchUnit unit) =>
        ["--volfile-server=127.0.0.1", $"--volfile-server-port={Text(unit.Port)}", "--volfile-id=bench"];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

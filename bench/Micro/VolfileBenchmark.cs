using BenchmarkDotNet.Attributes;
using KadaluFsd.Volgen;

namespace KadaluFsd.Bench.Micro;

/// <summary>Parsing and printing the client volfile of a pool.</summary>
[MemoryDiagnoser]
public class VolfileBenchmark
{
    private string _text = "";
    private Volfile? _volfile;

    /// <summary>How many units the pool has.</summary>
    [Params(3, 300)]
    public int Units { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        string[] clients = [.. Enumerable.Range(0, Units).Select(unit => $"pool-client-{unit}")];
        _text = string.Concat(clients.Select((client, unit) =>
            $"volume {client}\n    type protocol/client\n    option remote-subvolume /exports/pool/s{unit}\n" +
            $"    option remote-host server{unit}\n    option remote-port 49252\nend-volume\n\n")) +
            $"volume pool\n    type cluster/distribute\n    subvolumes {string.Join(' ', clients)}\nend-volume\n";
        _volfile = VolfileParser.Parse(_text);
    }

    [Benchmark]
    public Volfile Parse() => VolfileParser.Parse(_text);

    [Benchmark]
    public string Print() => VolfilePrinter.Print(_volfile!);
}

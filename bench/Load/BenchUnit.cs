using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Bench.Load;

/// <summary>A storage unit on disk, made from templates.</summary>
internal sealed class BenchUnit : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-bench-");

    internal BenchUnit()
    {
        string id = Guid.NewGuid().ToString();
        string directory = Directory.CreateDirectory(Path.Combine(Root, "unit")).FullName;
        Directory.CreateDirectory(VolfileDirectory);
        Directory.CreateDirectory(MountPoint);

        // glusterfsd creates .glusterfs itself but not the index directory in it; both daemons get the same.
        Directory.CreateDirectory(Path.Combine(directory, ".glusterfs", "indices"));
        Run("setfattr", "-n", "trusted.glusterfs.volume-id", "-v", "0x" + id.Replace("-", "", StringComparison.Ordinal),
            directory);
        File.WriteAllText(UnitVolfile, Fill("unit.vol.in", directory, id));
        File.WriteAllText(
            Path.Combine(VolfileDirectory, "bench.vol"),
            Fill("client-connection.vol.in", directory, id) +
            "volume bench\n    type debug/io-stats\n    subvolumes bench-client-0\nend-volume\n");
    }

    /// <summary>The source tree.</summary>
    internal static string Source { get; } = FindSource();

    internal string Root => _directory.FullName;

    internal int Port { get; } = FreePort();

    internal string UnitVolfile => Path.Combine(Root, "unit.vol");

    internal string VolfileDirectory => Path.Combine(Root, "volfiles");

    internal string MountPoint => Path.Combine(Root, "mnt");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Runs a program that must succeed.</summary>
    internal static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }
    }

    /// <summary>A port that nobody has.</summary>
    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindSource()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "KadaluFsd.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("run this inside the source tree");
    }

    private string Fill(string template, string directory, string id) =>
        File.ReadAllText(Path.Combine(Source, "bench", "Load", "volfiles", template))
        .Replace("@POOL@", "bench", StringComparison.Ordinal)
        .Replace("@DIRECTORY@", directory, StringComparison.Ordinal)
        .Replace("@VOLUME_ID@", id, StringComparison.Ordinal)
        .Replace("@NUMBER@", "0", StringComparison.Ordinal)
        .Replace("@PORT@", Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}

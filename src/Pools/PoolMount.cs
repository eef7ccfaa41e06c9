using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools;

/// <summary>
/// Mounts pools on this node, by packaging/mount.kadalu: so that there is one way to mount a pool, with the same options, checks and messages.
/// </summary>
/// <param name="paths">Where the logs of mounts are.</param>
public sealed class PoolMount(PoolPaths paths)
{
    private const string Helper = "mount.kadalu";

    // mount(8)'s exit codes for a wrong call and for a system error.
    private const int WrongCall = 1;
    private const int SystemLacks = 2;

    /// <summary>Splits what is to be mounted.</summary>
    /// <param name="source"><c>POOL</c> or <c>POOL/SUBDIRECTORY</c>.</param>
    /// <returns>The pool's name, and the subdirectory with a slash in front of it; empty for all of the pool.</returns>
    public static (string Pool, string Subdirectory) Split(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        string[] parts = source.Split('/', 2);
        return (parts[0], parts.Length > 1 && parts[1].Trim('/') is { Length: > 0 } part ? $"/{part}" : "");
    }

    /// <summary>Finds where a pool is to be mounted.</summary>
    /// <param name="directory">The directory, as somebody calls it.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="CommandException">It is not there, or is what a client that has ended has left.</exception>
    public static string FindPlace(string directory)
    {
        string place = Path.GetFullPath(directory);
        return FileStatus.Read(place, out _) switch
        {
            Errno.ENOENT or Errno.ENOTDIR => throw new CommandException(ExitCode.Usage, $"{place} does not exist"),
            Errno.ENOTCONN => throw new CommandException(
                ExitCode.Usage, $"{place} is a mount whose client has ended: umount {place} first"),
            _ => place,
        };
    }

    /// <summary>Mounts a pool.</summary>
    /// <param name="pool">Its name.</param>
    /// <param name="subdirectory">The directory of it, as <see cref="Split"/> says it.</param>
    /// <param name="servers">Where the volfile is fetched: nodes, separated by commas.</param>
    /// <param name="port">Their port.</param>
    /// <param name="place">Where to mount it, by <see cref="FindPlace"/>.</param>
    /// <param name="options">Options as <c>mount -t kadalu</c> has them.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It is not mounted; says why.</exception>
    public async Task RunAsync(
        string pool, string subdirectory, string servers, int port, string place, string[] options,
        CancellationToken cancellation)
    {
        string log = paths.MountLog(pool, place);
        OwnFiles.CreateDirectory(Path.GetDirectoryName(log)!);

        // Options of the command line come last, and win.
        string[] all =
            [string.Create(CultureInfo.InvariantCulture, $"port={port}"), $"log-file={log.Replace(',', '-')}", .. options];
        (int code, string said) = await RunHelperAsync(
            [$"{servers}:/{pool}{subdirectory}", place, "-o", string.Join(',', all)], cancellation);
        if (code != 0)
        {
            throw new CommandException(ExitCodeOf(code), said);
        }
    }

    private static ExitCode ExitCodeOf(int code) => code switch
    {
        WrongCall => ExitCode.Usage,
        SystemLacks => ExitCode.SystemRefused,
        _ => ExitCode.PeerUnreachable,
    };

    private static async Task<(int Code, string Said)> RunHelperAsync(string[] arguments, CancellationToken cancellation)
    {
        using Stream resource = typeof(PoolMount).Assembly.GetManifestResourceStream(Helper)!;
        using var reader = new StreamReader(resource);
        using var process =
            Process.Start(
                new ProcessStartInfo("/bin/sh", ["-c", await reader.ReadToEndAsync(cancellation), Helper, .. arguments])
                {
                    RedirectStandardError = true
                })!;
        string said = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, said.Replace($"{Helper}: ", "", StringComparison.Ordinal).TrimEnd());
    }
}

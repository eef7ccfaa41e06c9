using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Import;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool import</c>: a volume of glusterd becomes a pool, with its files and its id.</summary>
internal static class PoolImportCommand
{
    private const string StandardInput = "-";
    private const string Existing = "import";

    internal static Command Create()
    {
        var xml = new Option<string?>("--xml")
        {
            HelpName = "FILE",
            Description =
                "The output of gluster volume info POOL --xml; - for standard input (default: the command asks this node's " +
                "glusterd).",
        };
        var map = new Option<string[]>("--node-map")
        {
            HelpName = "HOST=NODE",
            Description = "The cluster calls HOST, as glusterd calls it, NODE. Can be repeated.",
        };
        var skip = new Option<bool>("--skip-options")
        {
            Description =
                "Leave out options of the volume that pools do not have; without it they are listed, and nothing is done.",
        };
        var without = new Option<string[]>("--without")
        {
            HelpName = "OPTION",
            Description = "Leave out this option of the volume. Can be repeated.",
        };
        Option<bool> sameNode = NewPoolOptions.CreateSameNode();
        Option<bool> onRoot = NewPoolOptions.CreateOnRoot();
        Option<int?> port = NewPoolOptions.CreatePort();
        Option<bool> noStart = NewPoolOptions.CreateNoStart();
        async Task<int> RunAsync(ParseResult parsed, string name, CancellationToken cancellation)
        {
            GlusterVolume volume = Read(name, await ReadXmlAsync(name, parsed.GetValue(xml), cancellation));
            Pool pool = Convert(volume, ReadMap(parsed.GetValue(map) ?? []));
            (pool, string[] left) = LeaveOut(volume, pool, parsed.GetValue(skip), parsed.GetValue(without) ?? []);
            pool = parsed.GetValue(port) is { } number ? pool with { Port = number } : pool;
            if (!parsed.GetValue(CommonOptions.Json) && left.Length > 0)
            {
                Terminal.Line($"left out: {string.Join(", ", left)}");
            }

            int code = await PoolCommand.OrderAsync(
                parsed,
                new CreateOrder(
                    name, PoolDocument.WriteElement(pool),
                    new StepCreationTerms(parsed.GetValue(sameNode), parsed.GetValue(onRoot), Existing),
                    Starts: !parsed.GetValue(noStart)),
                $"the volume {name} is a pool now{(parsed.GetValue(noStart) ? "" : ", and started")}: its clients mount it " +
                $"anew (kadalu pool connect {name}). glusterd must not serve its bricks again: gluster volume delete {name}, " +
                "which leaves their files where they are",
                cancellation);
            NewPoolOptions.TellWhoMayMount(parsed, pool);
            return code;
        }

        return PoolCommand.WithPool(
            "import",
            "Make a pool of a stopped volume of glusterd: with its name, id, bricks, options and files. Thin arbiters cannot " +
            "be imported. Example: kadalu pool import vol1 --dry-run",
            RunAsync, xml, map, skip, without, port, sameNode, onRoot, noStart, CommonOptions.DryRun);
    }

    private static async Task<byte[]> ReadXmlAsync(string name, string? file, CancellationToken cancellation)
    {
        if (PoolRules.FindNameProblem(name) is { } problem)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }

        try
        {
            if (file is null)
            {
                return await GlusterdCommand.AskAsync(["volume", "info", name, "--xml"], GlusterVolume.MaxLength, cancellation);
            }

            if (file != StandardInput)
            {
                return BoundedFile.Read(file, GlusterVolume.MaxLength);
            }

            await using Stream input = Console.OpenStandardInput();
            return BoundedFile.Read(input, GlusterVolume.MaxLength);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, SystemRefusal.Describe(exception, file));
        }
    }

    private static GlusterVolume Read(string name, byte[] xml)
    {
        try
        {
            var volume = GlusterVolume.Read(xml, name);
            return !volume.IsStarted ? volume : throw new CommandException(
                ExitCode.PoolRefused,
                $"glusterd serves {name}. Wait until gluster volume heal {name} info lists nothing, end rebalances, unmount " +
                $"its clients, then: gluster volume stop {name}, and this command again");
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.Usage, exception.Message);
        }
    }

    // Where glusterd has the volume, it says what marks call the bricks.
    private static Pool Convert(GlusterVolume volume, Dictionary<string, string> nodes)
    {
        GlusterdRecords? records = GlusterdRecords.Find(PoolPaths.OfEnvironment().Root, volume.Name);
        if (records is { HasThinArbiter: true })
        {
            throw new CommandException(ExitCode.PoolRefused, GlusterVolume.NoThinArbiter(volume.Name));
        }

        try
        {
            return volume.ToPool(nodes, records?.BrickIds ?? new Dictionary<string, string>());
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.PoolRefused, exception.Message);
        }
    }

    private static (Pool Pool, string[] Left) LeaveOut(GlusterVolume volume, Pool pool, bool skips, string[] without)
    {
        if (without.FirstOrDefault(option => !volume.Options.ContainsKey(option)) is { } absent)
        {
            throw new CommandException(ExitCode.Usage, $"--without {absent}: {volume.Name} does not set this option");
        }

        string[] unknown = [.. volume.FindUnknown(pool).Except(without)];
        if (unknown.Length > 0 && !skips)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{volume.Name} sets options that pools do not have: " +
                string.Join(", ", unknown.Select(option => $"{option} {volume.Options[option]}")) +
                " (--skip-options leaves them out)");
        }

        string[] left = [.. without.Union(unknown)];
        return (pool with
        {
            Options = pool.Options.RemoveRange(left)
                .RemoveRange(volume.Options.Where(GlusterVolume.IsUsual).Select(option => option.Key)),
        }, left);
    }

    private static Dictionary<string, string> ReadMap(string[] pairs)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            if (pair.Split('=') is not [{ Length: > 0 } host, { Length: > 0 } node])
            {
                throw new CommandException(ExitCode.Usage, $"--node-map: \"{pair}\" is not HOST=NODE");
            }

            if (!map.TryAdd(host, node))
            {
                throw new CommandException(ExitCode.Usage, $"--node-map: {host} is there twice");
            }
        }

        return map;
    }
}

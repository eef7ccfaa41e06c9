using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks whether systemd, where it runs the node, starts at boot what is to run.</summary>
/// <param name="root">The directory below which systemd's files are; <c>/</c> for this machine's.</param>
internal sealed class ServiceCheck(string root)
{
    /// <summary>Finds out whether systemd runs the node, and checks it then.</summary>
    /// <param name="paths">Where the node keeps things.</param>
    /// <param name="units">The units of started pools on this node.</param>
    internal async Task<IEnumerable<NodeFinding>> CheckNodeAsync(
        PoolPaths paths, IReadOnlyCollection<(Pool Pool, PoolUnit Unit)> units)
    {
        if (!paths.IsUsual || !Systemctl.IsHere)
        {
            return [NodeFinding.Well(CheckNames.Services, "systemd does not run this node: what starts at boot is not known")];
        }

        return await Systemctl.KnowsTemplatesAsync()
            ? await CheckAsync(units, File.Exists(paths.Node.ManagerState))
            :
            [
                NodeFinding.Warning(
                    CheckNames.Services, "systemd runs this node, and does not know the program: nothing starts at boot",
                    "put the files of packaging/systemd into /etc/systemd/system, and systemctl daemon-reload"),
            ];
    }

    /// <summary>Checks what is installed and enabled.</summary>
    /// <param name="units">The units of started pools on this node.</param>
    /// <param name="hasManager">Whether the cluster's manager is here.</param>
    internal async Task<IEnumerable<NodeFinding>> CheckAsync(
        IReadOnlyCollection<(Pool Pool, PoolUnit Unit)> units, bool hasManager)
    {
        var found = new List<NodeFinding>();
        var wanted = new Dictionary<string, StoppedProcess?> { [Systemctl.Agent] = null };
        if (hasManager)
        {
            wanted[Systemctl.Manager] = null;
        }

        foreach (Pool pool in units.Select(unit => unit.Pool).Where(pool => pool.CanHeal).DistinctBy(pool => pool.Id))
        {
            wanted[Systemctl.HealDaemonOf(pool.Name)] = new StoppedProcess(pool.Id, null);
        }

        foreach ((Pool pool, PoolUnit unit) in units)
        {
            var service = new SystemdUnit(unit.Key(pool.Name), root);
            var process = new StoppedProcess(pool.Id, unit.Address);
            if (service.IsInstalled)
            {
                wanted[service.Socket] = wanted[service.Service] = process;
            }
            else
            {
                found.Add(NodeFinding.Wrong(
                    CheckNames.Services, $"{unit.Path} of {pool.Name} is not installed: {service.Options} is missing",
                    $"kadalu pool start {pool.Name} installs it",
                    process));
            }
        }

        string[] disabled = await Systemctl.FindDisabledAsync(root, wanted.Keys);
        found.AddRange(disabled.Select(service => NodeFinding.Wrong(
            CheckNames.Services, $"{service} is not enabled: it does not start at boot",
            $"systemctl enable {service}, on this node",
            wanted[service])));
        found.Add(NodeFinding.Well(CheckNames.Services, $"{wanted.Count} services and sockets start at boot"));
        return found;
    }
}

using System.Net;

namespace KadaluFsd.Volgen.Pools;

/// <summary>Rules for the units of a pool: paths, nodes, ports, and their relation to each other.</summary>
internal static class UnitRules
{
    // An id is a UUID, or another manager's text.
    private const int MaxNodeId = 200;

    // In the place of bytes that are no UTF-8: another directory would be made.
    private const char NotText = '\ufffd';

    /// <summary>Checks all units of a pool.</summary>
    /// <param name="mayShareNodes">See <see cref="PoolRules.Check"/>.</param>
    /// <returns>All problems.</returns>
    internal static IEnumerable<string> Check(Pool pool, bool mayShareNodes) =>
    [
        .. pool.Units.SelectMany(member => CheckUnit(member.Unit)), .. CheckPlaces(pool), .. CheckPorts(pool),
        .. mayShareNodes ? [] : CheckNodes(pool),
    ];

    private static IEnumerable<string> CheckUnit(PoolUnit unit)
    {
        string path = unit.Path;
        if (!path.StartsWith('/') || path == "/" || path.EndsWith('/') ||
            path.Split('/')[1..].Any(part => part is "" or "." or ".."))
        {
            yield return $"\"{Excerpt.Of(path)}\" is not an absolute path without \"//\", \".\", \"..\" and a slash at its end";
        }
        else if (
            path.Length > PoolRules.MaxPath || path.Any(character =>
                char.IsControl(character) ||
                character is <= ' ' or '"' or '\\' or '\'' or '`' or ',' or ':' or '\u007f' or NotText))
        {
            yield return $"the path \"{Excerpt.Of(path)}\" is longer than {PoolRules.MaxPath} characters, or has a character " +
                "in it that a volfile cannot have in a name (space, quotes, \\, `, comma, colon, what is not UTF-8)";
        }

        string host = unit.Node.Name;
        if (!PoolRules.IsHost(host))
        {
            yield return $"\"{Excerpt.Of(host)}\" is neither an address nor a host name of 1 to {PoolRules.MaxHostName} " +
                "characters: letters, digits, - and ., a letter or digit before and behind each dot";
        }
        else if (IPAddress.TryParse(host, out IPAddress? address) && IsNobodys(address))
        {
            yield return $"\"{host}\" is no address of a node";
        }

        // It becomes a part of the names of files.
        if (unit.KeyNode is { } keyNode && !PoolRules.IsHost(keyNode))
        {
            yield return $"{unit.Address}: \"{Excerpt.Of(keyNode)}\" is no earlier name of a node (key_node)";
        }

        // It becomes a value in volfiles only.
        if (unit.Node.Id.Length > MaxNodeId || unit.Node.Id.Any(character => !PoolRules.IsNameCharacter(character)))
        {
            yield return $"the node's id \"{Excerpt.Of(unit.Node.Id)}\" is not of letters, digits, - and _";
        }

        if (unit.Port is < 0 or > 65535)
        {
            yield return $"{unit.Address}: {unit.Port} is not a port from 1 to 65535";
        }
    }

    // Wildcard and broadcast addresses: no node can be reached there.
    private static bool IsNobodys(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast) ||
        address.IsIPv6Multicast ||
        (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && address.GetAddressBytes()[0] is 0 or >= 224);

    // A directory below another unit's would appear among its files.
    private static IEnumerable<string> CheckPlaces(Pool pool)
    {
        PoolUnit[] units = [.. pool.Units.Select(member => member.Unit)];
        foreach (IGrouping<string, PoolUnit> node in units.GroupBy(unit => NameOf(unit.Node)))
        {
            PoolUnit[] sorted = [.. node.OrderBy(unit => unit.Path + "/", StringComparer.Ordinal)];
            for (int index = 1; index < sorted.Length; index++)
            {
                if ((sorted[index].Path + "/").StartsWith(sorted[index - 1].Path + "/", StringComparison.Ordinal))
                {
                    yield return sorted[index].Path == sorted[index - 1].Path
                        ? $"{sorted[index].Address} is there twice"
                        : $"{sorted[index].Address} lies inside of {sorted[index - 1].Address}";
                }
            }

            // With dashes for slashes two paths may have the same key.
            IEnumerable<IGrouping<string, PoolUnit>> named = node.GroupBy(unit => unit.Key(pool.Name))
                .Where(same => same.Select(unit => unit.Path).Distinct().Count() > 1);
            foreach (IGrouping<string, PoolUnit> same in named)
            {
                yield return $"{string.Join(" and ", same.Select(unit => unit.Path))} on {node.Key} would have the same name, " +
                    $"{same.Key}";
            }
        }
    }

    private static IEnumerable<string> CheckPorts(Pool pool)
    {
        if (pool.Port is < 0 or > 65535)
        {
            yield return $"{pool.Port} is not a port from 1 to 65535";
        }

        IEnumerable<IGrouping<(string Name, int Port), PoolUnit>> shared =
            pool.Units.Select(member => member.Unit).Where(unit => unit.Port > 0)
                .GroupBy(unit => (Name: NameOf(unit.Node), unit.Port)).Where(same => same.Count() > 1);
        foreach (IGrouping<(string Name, int Port), PoolUnit> same in shared)
        {
            yield return $"port {same.Key.Port} on {same.Key.Name} is given to " +
                $"{string.Join(" and ", same.Select(unit => unit.Path))}";
        }

        foreach (PoolUnit unit in pool.Units.Select(member => member.Unit).Where(unit => unit.Port > 0 && unit.Port == pool.Port))
        {
            yield return $"port {unit.Port} is given to {unit.Address} and to the pool";
        }
    }

    private static IEnumerable<string> CheckNodes(Pool pool)
    {
        for (int index = 0; index < pool.Groups.Length; index++)
        {
            IEnumerable<IGrouping<string, PoolUnit>> nodes =
                pool.Groups[index].Units.GroupBy(unit => NameOf(unit.Node)).Where(node => node.Count() > 1);
            foreach (IGrouping<string, PoolUnit> node in nodes)
            {
                yield return $"{node.Key} has {node.Count()} units of group {index + 1}, which would be lost together";
            }

            if (pool.TieBreaker is { } breaker && pool.Groups[index].Units.Any(unit => NameOf(unit.Node) == NameOf(breaker.Node)))
            {
                yield return $"{breaker.Node.Name} has the tie-breaker and a unit of group {index + 1}, which would be lost " +
                    "together";
            }
        }
    }

    // Case-insensitive (RFC 4343).
    private static string NameOf(PoolNode node) => node.Name.ToLowerInvariant();
}

using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool export</c>: pools by NFS and SMB, through the file servers of this node.</summary>
internal static class PoolExportCommand
{
    private const int GatewayPort = UnitVolfile.DefaultPort;

    private static readonly Option<bool> s_remove = new("--remove") { Description = "Do not export it any more." };

    private static readonly Option<string?> s_directory =
        new("--directory") { HelpName = "/DIR", Description = "The directory of the pool (default all of it)." };

    private static readonly Option<bool> s_readOnly = new("--read-only") { Description = "Clients may not write." };

    /// <summary>Builds the command.</summary>
    internal static Command Create() => new("export", "Have NFS-Ganesha or Samba on this node give a pool to their clients.")
    {
        CreateNfs(),
        CreateSmb(),
    };

    private static Command CreateNfs()
    {
        var address = new Option<string?>("--address")
        {
            HelpName = "HOST",
            Description =
                "Where NFS-Ganesha fetches the volfile, on port 24007: a gateway's host, best a name with the addresses of " +
                "several (default 127.0.0.1, this node's gateway).",
        };
        var alias = new Option<string?>("--alias")
        {
            HelpName = "ADDRESS",
            Description = "As --address, for an address that the pool's units have themselves: their option unit.alias.",
        };
        var poolServers = new Option<bool>("--pool-servers")
        {
            Description = "NFS-Ganesha asks the pool's own servers and port: it has the FSAL of nfs-ganesha-kadalu.",
        };
        var pseudo = new Option<string?>("--pseudo")
        {
            HelpName = "/PATH",
            Description = "What NFS clients mount (default / and the pool's name)."
        };
        var number = new Option<int?>("--export-id")
        {
            HelpName = "N",
            Description =
                "Its Export_Id, which file handles of clients begin with: the same on machines that stand in for each other " +
                $"(default one that is free, from {NfsExport.FirstNumber} on)."
        };
        number.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > NfsExport.LastNumber)
            {
                result.AddError($"--export-id: not a whole number from 1 to {NfsExport.LastNumber}");
            }
        });
        var clients = new Option<string?>("--clients")
        {
            HelpName = "LIST",
            Description = "Which clients may: addresses, networks, names, @NETGROUPS, separated by commas (default all)."
        };
        var rootTrusted = new Option<bool>("--no-root-squash")
        {
            Description = "Root on a client is root in the pool, and not nobody."
        };
        return PoolCommand.WithPool("nfs", "Have NFS-Ganesha on this node export a pool.", async (parsed, name, cancellation) =>
        {
            PoolManager manager = PoolCommand.Manage(parsed);
            if (parsed.GetValue(s_remove))
            {
                await manager.EndNfsAsync(name);
                return (int)ExitCode.Success;
            }

            string?[] servers = [parsed.GetValue(address), parsed.GetValue(alias), parsed.GetValue(poolServers) ? "" : null];
            if (servers.Count(server => server is not null) > 1)
            {
                throw new CommandException(ExitCode.Usage, "say one of --address, --alias, --pool-servers");
            }

            var terms = new NfsTerms
            {
                Server = parsed.GetValue(address) ?? parsed.GetValue(alias),
                HasPoolServers = parsed.GetValue(poolServers),
                Number = parsed.GetValue(number),
                Pseudo = parsed.GetValue(pseudo),
                Directory = parsed.GetValue(s_directory),
                Clients = parsed.GetValue(clients),
                IsReadOnly = parsed.GetValue(s_readOnly),
                IsRootTrusted = parsed.GetValue(rootTrusted),
            };
            if (!terms.HasPoolServers)
            {
                await CheckServerAsync(PoolCommand.Open(parsed).Store.Get(name).Pool.Id, name, terms, cancellation);
            }

            await manager.ExportNfsAsync(name, terms);
            return (int)ExitCode.Success;
        }, address, alias, poolServers, pseudo, number, s_directory, clients, s_readOnly, rootTrusted, s_remove);
    }

    private static Command CreateSmb()
    {
        var share = new Option<string?>("--share")
        {
            HelpName = "NAME",
            Description = "What SMB clients call it (default the pool's name)."
        };
        return PoolCommand.WithPool("smb", "Have Samba on this node share a pool.", async (parsed, name, _) =>
        {
            PoolManager manager = PoolCommand.Manage(parsed);
            await (parsed.GetValue(s_remove)
                ? manager.EndSmbAsync(name)
                : manager.ShareBySmbAsync(
                    name, parsed.GetValue(share), parsed.GetValue(s_directory), parsed.GetValue(s_readOnly)));
            return (int)ExitCode.Success;
        }, share, s_directory, s_readOnly, s_remove);
    }

    // NFS-Ganesha says "Invalid object type" where nobody serves the volfile.
    private static async Task CheckServerAsync(Guid id, string name, NfsTerms terms, CancellationToken cancellation)
    {
        string host = terms.Server ?? PoolExports.Gateway;
        NfsExport.CheckHost(host);
        try
        {
            string bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
            using VolfileFetcher server = await VolfileFetcher.ConnectAsync($"{bracketed}:{GatewayPort}", cancellation);
            _ = await server.FetchAsync(id.ToString(), wantsServers: false, cancellation);
        }
        catch (CommandException exception) when (exception.Code is ExitCode.PeerUnreachable or ExitCode.PeerRefused)
        {
            throw new CommandException(
                exception.Code,
                $"nobody gives NFS-Ganesha the volfile of {name} on {host}, port {GatewayPort}: {exception.Message}\n" +
                $"  start a gateway there (systemctl enable --now kadalu-fsd-gateway), or have the pool's units listen on an " +
                $"address of their own (pool set {name} unit.alias 127.0.9.1 --restart; " +
                $"pool export nfs {name} --alias 127.0.9.1)");
        }
    }
}

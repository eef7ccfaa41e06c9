using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool export</c>: pools by NFS and SMB, through the file servers of this node.</summary>
internal static class PoolExportCommand
{
    private const string ReadOnly = "ro";
    private const string StartGateway = "start a gateway (systemctl enable --now kadalu-fsd-gateway)";
    private const string RootTrusted = "none";

    private static readonly Option<bool> s_remove = new("--remove") { Description = "Do not export it any more." };

    private static readonly Option<string?> s_directory =
        new("--directory") { HelpName = "/DIR", Description = "The directory of the pool (default all of it)." };

    private static readonly Option<string?> s_access =
        OneOf("--access", "Whether clients may write (default rw).", "rw", ReadOnly);

    /// <summary>Builds the command.</summary>
    internal static Command Create() => new(
        "export",
        "Have NFS-Ganesha or Samba on this node give a pool to their clients. Said again, changes what is said, and no more.")
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
            Description = $"Fetch it from the pool's own units, which have this address by the option {PoolChecks.Alias}.",
        };
        var poolServers = new Option<bool>("--pool-servers")
        {
            Description = "Fetch it from the pool's own servers and port: NFS-Ganesha has the FSAL of nfs-ganesha-kadalu.",
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
                $"(default one that is free, from {NfsExport.FirstNumber} on).",
            CustomParser = ReadNumber,
        };
        var clients = new Option<string?>("--clients")
        {
            HelpName = "LIST",
            Description =
                "Which clients may mount it: addresses, networks, names, @NETGROUPS, separated by commas; all (default)."
        };
        Option<string?> squash =
            OneOf("--squash", "Who is nobody in the pool: root on clients (default), or none.", "root", RootTrusted);
        return PoolCommand.WithPool("nfs", "Have NFS-Ganesha on this node export a pool.", async (parsed, name, cancellation) =>
        {
            PoolManager manager = PoolCommand.Manage(parsed);
            if (IsRemoved(parsed, address, alias, poolServers, pseudo, number, s_directory, clients, s_access, squash))
            {
                await manager.Sharing.EndNfsAsync(name);
                return (int)ExitCode.Success;
            }

            if (new[] { parsed.GetValue(address), parsed.GetValue(alias), parsed.GetValue(poolServers) ? "" : null }
                .Count(given => given is not null) > 1)
            {
                throw new CommandException(ExitCode.Usage, "say one of --address, --alias, --pool-servers");
            }

            (PoolPaths paths, PoolStore store, _) = PoolCommand.Open(parsed);
            Pool pool = PoolCommand.GetStarted(store, name);
            CheckAlias(pool, parsed.GetValue(alias));
            var terms = new NfsTerms
            {
                Server = parsed.GetValue(address) ?? parsed.GetValue(alias),
                HasPoolServers = parsed.GetValue(poolServers),
                Number = parsed.GetValue(number),
                Pseudo = parsed.GetValue(pseudo),
                Directory = parsed.GetValue(s_directory),
                Clients = parsed.GetValue(clients),
                IsReadOnly = parsed.GetValue(s_access) is { } access ? access == ReadOnly : null,
                IsRootTrusted = parsed.GetValue(squash) is { } squashed ? squashed == RootTrusted : null,
            };
            NfsExport? before = new PoolExports(paths, Console.WriteLine).Nfs.Find(name);
            bool needsVolfile = before is null || !terms.IsOfAccessOnly;
            if (needsVolfile && !terms.AsksPool(before))
            {
                await CheckServerAsync(pool, terms.ServerAfter(before), cancellation);
            }

            await manager.Sharing.ExportNfsAsync(name, terms);
            return (int)ExitCode.Success;
        }, address, alias, poolServers, pseudo, number, s_directory, clients, s_access, squash, s_remove);
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
            var terms = new SambaTerms(
                parsed.GetValue(share), parsed.GetValue(s_directory),
                parsed.GetValue(s_access) is { } access ? access == ReadOnly : null);
            bool isRemoved = IsRemoved(parsed, share, s_directory, s_access);
            await (isRemoved ? manager.Sharing.EndSmbAsync(name) : manager.Sharing.ShareBySmbAsync(name, terms));
            return (int)ExitCode.Success;
        }, share, s_directory, s_access, s_remove);
    }

    private static Option<string?> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { HelpName = string.Join('|', values), Description = description };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static int? ReadNumber(ArgumentResult given)
    {
        if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        given.AddError($"\"{given.Tokens[0].Value}\" is no Export_Id: a whole number from 1 to {NfsExport.LastNumber}");
        return null;
    }

    private static bool IsRemoved(ParseResult parsed, params Option[] others)
    {
        bool isRemoved = parsed.GetValue(s_remove);
        Option? other = others.FirstOrDefault(other => parsed.GetResult(other) is { Implicit: false });
        return isRemoved && other is not null
            ? throw new CommandException(ExitCode.Usage, $"--remove ends it: {other.Name} says nothing then")
            : isRemoved;
    }

    private static void CheckAlias(Pool pool, string? alias)
    {
        if (alias is not null && pool.Options.GetValueOrDefault(PoolChecks.Alias) != alias)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the units of {pool.Name} do not have the alias {alias}: pool set {pool.Name} {PoolChecks.Alias} {alias} --restart");
        }
    }

    private static string WhatHelps(Pool pool, string host) =>
        pool.Options.GetValueOrDefault(PoolChecks.Alias) is not { } alias
            ? $"{StartGateway}, or give the pool's units an address of their own (pool set {pool.Name} {PoolChecks.Alias} " +
                "127.0.9.1 --restart) and say --alias 127.0.9.1"
        : alias == host
            ? "its units have this alias when they are started again (pool set " +
                $"{pool.Name} {PoolChecks.Alias} {alias} --restart), unless their logs say why not"
        : $"{StartGateway}, or say --alias {alias}, which its units have";

    // NFS-Ganesha says "Invalid object type" where nobody serves the volfile.
    private static async Task CheckServerAsync(Pool pool, string host, CancellationToken cancellation)
    {
        string place = $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{UnitVolfile.DefaultPort}";
        if (!GlusterAddress.IsHost(host))
        {
            throw new CommandException(ExitCode.Usage, $"\"{host}\" is not an address or a host name");
        }

        try
        {
            using VolfileFetcher server = await VolfileFetcher.ConnectAsync(place, cancellation);
            _ = await server.FetchAsync(pool.Id.ToString(), wantsServers: false, cancellation);
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerUnreachable)
        {
            throw new CommandException(
                exception.Code, $"nobody gives NFS-Ganesha volfiles there: {exception.Message}; {WhatHelps(pool, host)}");
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerRefused)
        {
            throw new CommandException(
                exception.Code,
                $"{place} gives volfiles, but not that of {pool.Name}: is it a gateway of other pools, another pool's " +
                "alias, or glusterd?");
        }
    }
}

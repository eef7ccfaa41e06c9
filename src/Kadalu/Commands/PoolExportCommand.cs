using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Pools;
using KadaluFsd.Pools.Exports;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool export</c> and <c>unexport</c>: pools by NFS and SMB, through the file servers of a node.</summary>
internal static class PoolExportCommand
{
    private const string ReadOnly = "ro";
    private const string RootTrusted = "none";

    private static readonly Option<string?> s_node = new("--node")
    {
        HelpName = "NODE",
        Description = "The node of the file server, which has units of the pool (default this node).",
    };

    private static readonly Option<string?> s_directory =
        new("--directory") { HelpName = "/DIR", Description = "The directory of the pool (default all of it)." };

    private static readonly Option<string?> s_access =
        OneOf("--access", "Whether clients may write (default rw).", "rw", ReadOnly);

    /// <summary>Builds <c>kadalu pool export</c>.</summary>
    internal static Command CreateExport() => new(
        "export",
        "Have NFS-Ganesha or Samba on a node give a pool to their clients. Said again, changes what is said, and no more. " +
        "Example: kadalu pool export nfs pool1 --access ro")
    {
        CreateNfs(),
        CreateSmb(),
    };

    /// <summary>Builds <c>kadalu pool unexport</c>.</summary>
    internal static Command CreateUnexport() => new(
        "unexport",
        "Have NFS-Ganesha or Samba on a node not give a pool to their clients any more, also one that is deleted. Example: " +
        "kadalu pool unexport nfs pool1 --node server2")
    {
        PoolCommand.WithPool("nfs", "End the export of NFS-Ganesha.", (parsed, name, cancellation) =>
        {
            CommonOptions.Confirm(parsed, $"NFS clients of {name} lose it.");
            return ExportAsync(parsed, name, null, cancellation);
        }, s_node),
        PoolCommand.WithPool("smb", "End the share of Samba.", (parsed, name, cancellation) =>
        {
            CommonOptions.Confirm(parsed, $"SMB clients of {name} do not find it any more.");
            return ShareAsync(parsed, name, null, cancellation);
        }, s_node),
    };

    private static Command CreateNfs()
    {
        var address = new Option<string?>("--address")
        {
            HelpName = "HOST",
            Description =
                "Where NFS-Ganesha fetches the volfile, on port 24007: a gateway's host, best a name with the addresses of " +
                "several (default 127.0.0.1, the gateway of its own node).",
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
            Description = "What NFS clients mount (default / and the pool's name).",
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
                "Which clients may mount it: addresses, networks, names, @NETGROUPS, separated by commas; all (default).",
        };
        Option<string?> squash =
            OneOf("--squash", "Who is nobody in the pool: root on clients (default), or none.", "root", RootTrusted);
        return PoolCommand.WithPool(
            "nfs", "Have NFS-Ganesha on a node export a pool.",
            (parsed, name, cancellation) => ExportAsync(
                parsed, name,
                new NfsExportTerms(
                    parsed.GetValue(address), parsed.GetValue(alias), parsed.GetValue(poolServers), parsed.GetValue(pseudo),
                    parsed.GetValue(number), parsed.GetValue(s_directory), parsed.GetValue(clients), IsReadOnly(parsed),
                    parsed.GetValue(squash) is { } squashed ? squashed == RootTrusted : null),
                cancellation),
            s_node, address, alias, poolServers, pseudo, number, s_directory, clients, s_access, squash);
    }

    private static Command CreateSmb()
    {
        var share = new Option<string?>("--share")
        {
            HelpName = "NAME",
            Description = "What SMB clients call it (default the pool's name).",
        };
        return PoolCommand.WithPool(
            "smb", "Have Samba on a node share a pool.",
            (parsed, name, cancellation) => ShareAsync(
                parsed, name, new SmbShareTerms(parsed.GetValue(share), parsed.GetValue(s_directory), IsReadOnly(parsed)),
                cancellation),
            s_node, share, s_directory, s_access);
    }

    private static async Task<int> ExportAsync(
        ParseResult parsed, string name, NfsExportTerms? terms, CancellationToken cancellation) => await TellAsync(
            parsed, PoolCommand.PathOf(name, "/nfs"), new NfsExportOrder(await FindNodeAsync(parsed, cancellation), terms),
            CommandJson.Default.NfsExportOrder, cancellation);

    private static async Task<int> ShareAsync(
        ParseResult parsed, string name, SmbShareTerms? terms, CancellationToken cancellation) => await TellAsync(
            parsed, PoolCommand.PathOf(name, "/smb"), new SmbShareOrder(await FindNodeAsync(parsed, cancellation), terms),
            CommandJson.Default.SmbShareOrder, cancellation);

    private static async Task<int> TellAsync<TOrder>(
        ParseResult parsed, string path, TOrder order, JsonTypeInfo<TOrder> type, CancellationToken cancellation)
    {
        (string text, ExportDone done) =
            await ManagerAccess.SendAsync(path, order, type, CommandJson.Default.ExportDone, cancellation);
        return CommonOptions.Show(parsed, text, () => Array.ForEach(done.Said, Terminal.Line));
    }

    private static async Task<string> FindNodeAsync(ParseResult parsed, CancellationToken cancellation) =>
        parsed.GetValue(s_node) ??
        (await ClusterCommand.AskAgentAsync(cancellation) is { Cluster: not null } here ? here.Name : throw new CommandException(
            ExitCode.Usage, "this node is in no cluster: --node NODE says where the file server is"));

    private static bool? IsReadOnly(ParseResult parsed) => parsed.GetValue(s_access) is { } access ? access == ReadOnly : null;

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
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using KadaluFsd.Contract;
using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd volfile</c>: asks a volfile server as clients do.</summary>
internal static class VolfileCommand
{
    internal static Command Create() => new("volfile", "Ask a volfile server.")
    {
        Create("get", "Fetch a volfile and print it.", GetAsync),
        Create("watch", "Print a volfile, and what changes in it when the server says so, until interrupted.", WatchAsync),
        Create(
            "servers", "Print the servers a client may turn to, one HOST:PORT a line, in the order it tries them.", ServersAsync),
    };

    /// <summary>The difference of two texts, line by line.</summary>
    /// <returns>Removed lines after a minus, added lines after a plus, each with its volume.</returns>
    internal static string Difference(string before, string after)
    {
        var text = new StringBuilder();
        string volume = "";
        foreach (DiffPiece line in InlineDiffBuilder.Diff(before, after).Lines)
        {
            if (line.Type != ChangeType.Deleted && line.Text.StartsWith("volume ", StringComparison.Ordinal))
            {
                volume = line.Text["volume ".Length..];
            }

            if (line.Type is ChangeType.Inserted or ChangeType.Deleted)
            {
                text.Append(
                    CultureInfo.InvariantCulture, $"{(line.Type == ChangeType.Inserted ? '+' : '-')} [{volume}] {line.Text}\n");
            }
        }

        return text.ToString();
    }

    private static Command Create(string name, string description, Func<string, string, CancellationToken, Task> run)
    {
        var server = new Argument<string>("HOST:PORT")
        {
            Description = "The server; [ADDRESS]:PORT for an IPv6 address; or the path of its unix socket."
        };
        var key = new Argument<string>("KEY") { Description = "The volfile's key, mostly the pool's name." };
        var command = new Command(name, description) { server, key };
        command.SetAction(async (parsed, cancellation) =>
        {
            await run(parsed.GetValue(server)!, parsed.GetValue(key)!, cancellation);
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static async Task GetAsync(string server, string key, CancellationToken cancellation)
    {
        using VolfileFetcher client = await VolfileFetcher.ConnectAsync(server, cancellation);
        GetSpecReply reply = await client.FetchAsync(key, wantsServers: false, cancellation);
        await using Stream output = Console.OpenStandardOutput();
        await output.WriteAsync(reply.Spec, cancellation);
    }

    private static async Task WatchAsync(string server, string key, CancellationToken cancellation)
    {
        using VolfileFetcher client = await VolfileFetcher.ConnectAsync(server, cancellation);
        string text = Encoding.UTF8.GetString((await client.FetchAsync(key, wantsServers: false, cancellation)).Spec.Span);
        await Console.Out.WriteLineAsync(text.TrimEnd('\n'));
        while (true)
        {
            await client.WaitForChangeAsync(cancellation);
            string changed = Encoding.UTF8.GetString((await client.FetchAsync(key, wantsServers: false, cancellation)).Spec.Span);
            await Console.Out.WriteAsync(
                $"\n{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}Z {server} changed {key}:\n{Difference(text, changed)}");
            text = changed;
        }
    }

    private static async Task ServersAsync(string server, string key, CancellationToken cancellation)
    {
        using VolfileFetcher client = await VolfileFetcher.ConnectAsync(server, cancellation);
        GlusterDict xdata = (await client.FetchAsync(key, wantsServers: true, cancellation)).Xdata;

        // Later versions of GlusterFS, and glusterd, use the second name.
        string list = xdata.GetString("servers-list"u8) ?? xdata.GetString("cluster.brick-vol-servers"u8) ?? "";
        foreach (string entry in list.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await Console.Out.WriteLineAsync(entry);
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Attack.Tests;

/// <summary>Hostile peers of a manager and an agent, which serve on.</summary>
public sealed class ClusterPortTests : IntegrationTest
{
    private const int Connections = 1000;
    private const long Gibibyte = 1L << 30;

    // As in DefaultPorts.
    private const int Manager = 24010;
    private const int Agent = 24011;

    [Fact]
    public async Task Strangers_get_a_refusal_or_a_closed_connection_and_nodes_are_served()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        foreach (int port in (int[])[Manager, Agent])
        {
            // Before anything of the body is read.
            Assert.Contains(" 403 ", await AskAsync(nodes[0], port, "POST", "/v1/steps", Gibibyte), StringComparison.Ordinal);
            Assert.Contains(" 403 ", await AskAsync(nodes[0], port, "POST", "/v1/tasks", Gibibyte), StringComparison.Ordinal);
            Assert.Contains(" 403 ", await AskAsync(nodes[0], port, "GET", "/v1/definitions/" + Guid.Empty, 0), StringComparison.Ordinal);
            Assert.Contains(" 403 ", await AskAsync(nodes[0], port, "GET", "/v1/join/../pools", 0), StringComparison.Ordinal);
        }

        Assert.Contains(" 413 ", await AskAsync(nodes[0], Manager, "POST", "/v1/join", Gibibyte), StringComparison.Ordinal);
        Assert.Contains(" 400 ", await AskAsync(nodes[0], Manager, "POST", "/v1/join", 0), StringComparison.Ordinal);

        // One that sends its body byte by byte, and many that say nothing.
        var slow = AskAsync(nodes[0], Manager, "POST", "/v1/join", 1000);
        var sockets = new List<Socket>();
        try
        {
            foreach (int port in (int[])[Manager, Agent])
            {
                for (int number = 0; number < Connections; number++)
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    sockets.Add(socket);
                    await socket.ConnectAsync(IPAddress.Parse(nodes[0].Address), port);
                }
            }

            Assert.Equal(2, (await nodes[1].AskKadaluAsync("node", "list")).AsArray().Count);
            Assert.Contains(" 408 ", await slow, StringComparison.Ordinal);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        await nodes[1].MustKadaluAsync(
            "pool", "create", "pool1", "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y");
    }

    [Fact]
    public async Task Keys_and_passwords_are_in_no_log_on_no_command_line_and_in_no_file_that_others_can_read()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[1].MustKadaluAsync(
            "pool", "create", "pool1", "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y");
        string password = (string)nodes[0].FindDefinition("pool1")!["auth"]!["password"]!;
        Assert.DoesNotContain(
            password, await nodes[0].MustKadaluAsync("pool", "info", "pool1", "--json"), StringComparison.Ordinal);
        foreach (ClusterMachine node in nodes)
        {
            await node.MustAsync(
                "sh", "-ec",
                $"""
                for file in /proc/[0-9]*/cmdline; do ! grep -aq {password} $file; done
                ! grep -arqE '{password}|PRIVATE KEY' /var/log/kadalu /run/kadalu
                test -z "$(grep -arlE '{password}|PRIVATE KEY' /var/lib/kadalu /etc/kadalu /etc/kadalu-fsd | xargs -r stat -c %a | grep -v '^600$')"
                """);
        }
    }

    // With TLS, and no certificate of its own.
    private static async Task<string> AskAsync(ClusterMachine node, int port, string method, string path, long length)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse(node.Address), port);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = node.Name,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        string head = string.Create(
            CultureInfo.InvariantCulture, $"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + (length == 0 ? "" : "{")));
        byte[] answer = new byte[4096];
        using var limit = new CancellationTokenSource(Patience.Limit);
        int count = await stream.ReadAsync(answer, limit.Token);
        return Encoding.ASCII.GetString(answer, 0, count);
    }
}

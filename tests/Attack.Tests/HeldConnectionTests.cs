using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KadaluFsd.Harness;

namespace KadaluFsd.Attack.Tests;

/// <summary>
/// Who holds connections to a unit's HTTP sockets open does not keep others from being answered: a liveness probe's silence would
/// have a healthy unit killed.
/// </summary>
public sealed class HeldConnectionTests : IntegrationTest
{
    // Before the first connection that is held is closed for its age (ControlServer): nobody has waited for that.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>How many are held, and what each has sent.</summary>
    public static TheoryData<int, string> Held => new()
    {
        { 64, "" },
        { 513, "" },
        { 513, "GET /livez HTTP/1.1\r\nHost: u\r\n" },
        { 64, "GET /livez HTTP/1.1\r\nHost: u\r\n\r\n" },
        { 513, "GET /metrics HTTP/1.1\r\nHost: u\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Held))]
    public async Task Everybody_else_is_answered_over_TCP(int count, string sent)
    {
        int port = Ports.Free();
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--metrics-listen", $"127.0.0.1:{port}");
        await HoldAndAskAsync(
            count, sent, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp),
            new IPEndPoint(IPAddress.Loopback, port));
        Assert.Equal(0, await process.StopAsync());
    }

    [Theory]
    [MemberData(nameof(Held))]
    public async Task Everybody_else_is_answered_on_the_control_socket(int count, string sent)
    {
        string path = Workspace.Path("control");
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--control", path);
        await HoldAndAskAsync(count, sent, () =>
            new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path));
        Assert.Equal(0, await process.StopAsync());
    }

    private static async Task HoldAndAskAsync(int count, string sent, Func<Socket> make, EndPoint where)
    {
        var held = new List<Socket>();
        try
        {
            for (int number = 0; number < count; number++)
            {
                held.Add(make());
                await held[^1].ConnectAsync(where);
                await TrySendAsync(held[^1], sent);
            }

            foreach (string what in new[] { "/livez", "/readyz", "/metrics", "/livez" })
            {
                using var socket = make();
                var clock = Stopwatch.StartNew();
                await socket.ConnectAsync(where);
                await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {what} HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n"));
                string answer = await ReadAsync(socket);
                Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
                Assert.True(clock.Elapsed < s_patience, $"{what} was answered after {clock.Elapsed.TotalSeconds:F1} s");
            }
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task TrySendAsync(Socket socket, string text)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        }
        catch (SocketException)
        {
            // Closed already, for another one.
        }
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        byte[] buffer = new byte[1024];
        int count = await socket.ReceiveAsync(buffer, limit.Token);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}

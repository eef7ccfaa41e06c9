using System.Net;
using System.Net.Sockets;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// A unit that is stopped again and again while volfiles are fetched from it, change, are read again, and it is asked how it is.
/// </summary>
/// <param name="workspace">Where the unit is.</param>
/// <param name="before">A program, with arguments, by which it is started; none for directly.</param>
internal sealed class Stops(Workspace workspace, params string[] before)
{
    private const int Fetchers = 3;

    private readonly string _control = workspace.Path("stops.control");

    /// <summary>Starts and stops it so many times; each must end with 0, and none as a crash.</summary>
    internal async Task RunAsync(UnitDefinition unit, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            string[] command = [.. before, Workspace.Program];
            UnitProcess process =
                await UnitProcess.StartAsync(workspace, unit, command[0], command[1..], ["--control", _control]);
            Task[] fetches = [.. Enumerable.Range(0, Fetchers).Select(_ => FetchAsync(unit.Port))];
            Task asking = AskAsync();
            await File.AppendAllTextAsync(Path.Combine(workspace.Create("volfiles"), unit.Pool + ".vol"), $"\n# {round}");
            await process.SignalAsync("HUP");
            int code = await process.StopAsync();
            Assert.True(code == 0, $"stop {round + 1} ended with {code}: {await process.ErrorTextAsync()}");
            Assert.Empty(Directory.EnumerateFiles(workspace.Root, "*.crash-report"));
            await Task.WhenAll([.. fetches, asking]);
        }
    }

    // Whether it is answered is not asked here: the unit may be gone.
    private static async Task FetchAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(Golden.Read("getspec-gfapi-call"));
            while (await socket.ReceiveAsync(new byte[4096]) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Gone.
        }
    }

    private async Task AskAsync()
    {
        try
        {
            await new ControlSocket(_control).SendAsync("GET /v1/status HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n");
        }
        catch (SocketException)
        {
            // Gone.
        }
    }
}

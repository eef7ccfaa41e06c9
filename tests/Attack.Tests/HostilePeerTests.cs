using System.Net;
using System.Net.Sockets;
using KadaluFsd.Harness;
using KadaluFsd.Shared;
using Xunit.Abstractions;

namespace KadaluFsd.Attack.Tests;

/// <summary>Peers that mean no good, or do not know better.</summary>
public sealed class HostilePeerTests(ITestOutputHelper output) : IntegrationTest
{
    private static readonly TimeSpan s_limit = Patience.Limit;

    public static TheoryData<string, string> FirstBytes => new()
    {
        { "nothing", "" },
        { "half a mark", "8000" },
        { "half a header", "8000004800000002000000000000" },
        { "a header of a fetch and no more", "8000008c00000002000000000000000200dbb4a90000000200000002" },
        { "half a fragment", "0000000800000002" },
        { "garbage", "474554202f20485454502f312e310d0a0d0a000000000000000000000000" },
        { "a record of 2 GiB", "ffffffff000000020000000000000002" },
    };

    [Theory]
    [MemberData(nameof(FirstBytes))]
    public async Task A_thousand_of_them_neither_stop_a_mount_nor_stay(string what, string hex)
    {
        const int Peers = 1000;
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, "--header-timeout", "3", "--call-timeout", "3", "--max-undecided", "2000");
        long before = process.ResidentKiB;
        var peers = new List<Socket>();
        try
        {
            for (int number = 0; number < Peers; number++)
            {
                peers.Add(await ConnectAsync(unit.Port));
                await TrySendAsync(peers[^1], Convert.FromHexString(hex));
            }

            FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
            await File.WriteAllTextAsync(mount.In("file"), what);
            await Task.WhenAll(peers.Select(WaitForCloseAsync));
            Assert.Equal(what, await File.ReadAllTextAsync(mount.In("file")));
            Assert.InRange(process.ResidentKiB - before, long.MinValue, 48 * 1024);
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }

        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task More_than_may_wait_push_out_the_oldest()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit, "--header-timeout", "3600", "--max-undecided", "10");
        using Socket oldest = await ConnectAsync(unit.Port);
        var peers = new List<Socket>();
        try
        {
            for (int number = 0; number < 10; number++)
            {
                peers.Add(await ConnectAsync(unit.Port));
            }

            await WaitForCloseAsync(oldest);
            await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }
    }

    [Fact]
    public async Task Ten_thousand_idle_clients_and_a_thousand_slow_ones_do_not_stop_a_mount()
    {
        const int Held = 10_000;
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--max-per-address", "16000");
        byte[] fetch = Golden.Read("getspec-gfapi-call");
        long before = process.ResidentKiB;
        var peers = new List<Socket>();
        try
        {
            for (int number = 0; number < Held; number++)
            {
                peers.Add(await ConnectAsync(unit.Port));
                peers[^1].Send(fetch);
                Assert.Equal(4, peers[^1].Receive(new byte[4]));
            }

            output.WriteLine($"{(process.ResidentKiB - before) * 1024.0 / Held:F0} bytes for each of {Held} held connections");
            Assert.InRange(process.ResidentKiB - before, long.MinValue, 4 * Held);
            for (int number = 0; number < 1000; number++)
            {
                peers.Add(await ConnectAsync(unit.Port));
            }

            // A byte at a time from each, as far as they come while the mount goes on.
            var mounted = FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
            for (int sent = 0; sent < fetch.Length && !mounted.IsCompleted; sent++)
            {
                foreach (Socket slow in peers.Skip(Held))
                {
                    slow.Send(fetch, sent, 1, SocketFlags.None);
                }
            }

            FuseMount mount = await mounted;
            await File.WriteAllTextAsync(mount.In("file"), "x");
            Assert.Equal("x", await File.ReadAllTextAsync(mount.In("file")));
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }

        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task Without_descriptors_the_unit_waits_and_goes_on()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, "prlimit", ["--nofile=450", Workspace.Program], ["--header-timeout", "3600"]);
        var peers = new List<Socket>();
        try
        {
            for (int number = 0; number < 600; number++)
            {
                peers.Add(await ConnectAsync(unit.Port));
            }

            await Until.LoggedAsync("the unit says that it lacks descriptors", process.Log, "are kept for the process itself");
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
        }

        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task Resets_at_any_moment_do_not_disturb()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        byte[] dump = Golden.Read("dump-call");
        byte[] fetch = Golden.Read("getspec-gfapi-call");
        var random = new Random(7);
        for (int number = 0; number < 500; number++)
        {
            using Socket peer = await ConnectAsync(unit.Port);
            byte[] call = number % 2 == 0 ? dump : fetch;
            await TrySendAsync(peer, call[..random.Next(call.Length + 1)]);
            peer.LingerState = new LingerOption(true, 0);
        }

        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task TrySendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            await socket.SendAsync(bytes);
        }
        catch (SocketException)
        {
            // Closed already, which is what it is for.
        }
    }

    private static async Task WaitForCloseAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], limit.Token));
        }
        catch (SocketException)
        {
            // A reset is a close too: there were bytes that nobody read.
        }
    }
}

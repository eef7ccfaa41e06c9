using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Gateway;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Shared.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>
/// The parts of a unit or a gateway that serve volfiles, on sockets of their own, in this process. Its clock stands still until a
/// test sets it forward.
/// </summary>
internal sealed class ServingProcess : IAsyncDisposable
{
    private const int NoDescriptorLimit = 1 << 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly FakeTimeProvider _time = new();
    private readonly EventLoop _loop;
    private readonly ListenerSet _listeners;
    private readonly AccessLog _accessLog;
    private readonly ConnectionRouter _router;
    private readonly VolfileTls _tls;

    private ServingProcess(ServingOptions options, IGraphSide? graph, ServedPools? pools, int descriptors)
    {
        options.Listen.Socket = SocketPath;
        options.Volfiles.Directory = _directory.FullName;
        _loop = new EventLoop(NullLogger<EventLoop>.Instance, _time);
        _listeners = new ListenerSet(options.Listen);
        _accessLog = new AccessLog(new AccessLogOptions(), _loop);
        IVolfileSource source = pools is null ? new GatewaySource(options.Volfiles) : new Source(_directory.FullName, pools);
        _tls = new VolfileTls(options.Tls, NullLogger<VolfileTls>.Instance);
        Volfiles = new VolfileServer(
            _loop, source, options.Volfiles, options.Listen, options.Connections, _tls, _accessLog, NullLoggerFactory.Instance);
        _router = new ConnectionRouter(
            _loop, _listeners, Volfiles, options.Connections, new DescriptorBudget(descriptors), NullLogger<ConnectionRouter>.Instance, graph);
    }

    internal VolfileServer Volfiles { get; }

    /// <summary>The gateway's port; a unit's own.</summary>
    internal IPEndPoint Port => new(IPAddress.Loopback, PortOf(listener: 0));

    /// <summary>A unit's port that it shares with the other units of its pool.</summary>
    internal IPEndPoint PoolPort => new(IPAddress.Loopback, PortOf(listener: 1));

    /// <summary>The path of its unix socket.</summary>
    internal string SocketPath => Path.Combine(_directory.FullName, "socket");

    /// <summary>A gateway: volfiles of every pool, no graph.</summary>
    internal static Task<ServingProcess> StartGatewayAsync(
        ServingOptions? options = null, int descriptors = NoDescriptorLimit, params (string Key, string Text)[] volfiles)
    {
        var process = new ServingProcess(options ?? new ServingOptions(), null, null, descriptors);
        return process.StartAsync(process._listeners.OpenForGateway, volfiles);
    }

    /// <summary>A unit: a graph beside the volfiles.</summary>
    internal static Task<ServingProcess> StartUnitAsync(
        IGraphSide graph, ServedPools pools, ServingOptions? options = null, bool isEncrypted = false,
        params (string Key, string Text)[] volfiles)
    {
        var process = new ServingProcess(options ?? new ServingOptions(), graph, pools, NoDescriptorLimit);
        return process.StartAsync(() => process._listeners.OpenForUnit(ListenAddress.Resolve(null, port: 0), isEncrypted), volfiles);
    }

    internal Task<ScriptedPeer> ConnectAsync(string? from = null) =>
        ScriptedPeer.ConnectAsync(Port, from is null ? null : IPAddress.Parse(from));

    internal Task<ScriptedPeer> ConnectLocallyAsync() =>
        ScriptedPeer.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(SocketPath));

    /// <summary>The same, and sends something, which has been taken when this returns.</summary>
    internal async Task<ScriptedPeer> ConnectLocallyAsync(byte[] first)
    {
        ScriptedPeer peer = await ConnectLocallyAsync();
        await peer.SendAsync(first);
        Round();
        return peer;
    }

    /// <summary>Puts a volfile in its place.</summary>
    internal void Write(string key, string text) => File.WriteAllText(Path.Combine(_directory.FullName, key + ".vol"), text);

    /// <summary>Returns once everything that has arrived was taken by its loop, and what is due was done.</summary>
    internal void Round()
    {
        // What is due comes at the end of a round: the first of these runs before it.
        Run(() => { });
        Run(() => { });
    }

    /// <summary>Runs something on its loop.</summary>
    internal void Run(Action action) => _loop.Invoke(action);

    /// <summary>Sets the clock forward.</summary>
    internal void Advance(TimeSpan by)
    {
        _time.Advance(by);
        Round();
    }

    /// <summary>Accepts no more connections.</summary>
    internal Task StopAcceptingAsync() => ((IHostedService)_router).StopAsync(default);

    /// <summary>Ends the connections that there are.</summary>
    internal Task StopServingAsync() => ((IHostedService)Volfiles).StopAsync(default);

    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        await StopServingAsync();
        _tls.Dispose();
        _accessLog.Dispose();
        _loop.Dispose();
        _listeners.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<ServingProcess> StartAsync(Action open, (string Key, string Text)[] volfiles)
    {
        Array.ForEach(volfiles, volfile => Write(volfile.Key, volfile.Text));
        open();
        _loop.Start();
        await ((IHostedService)Volfiles).StartAsync(default);
        await ((IHostedService)_router).StartAsync(default);
        return this;
    }

    private int PortOf(int listener) => RawSocket.LocalPort(_listeners.All[listener].Descriptors.First());

    private sealed record Source(string Directory, ServedPools Pools) : IVolfileSource;
}

using KadaluFsd.Contract;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Options;

namespace KadaluFsd.Fsd.Routing;

/// <summary>Every place a process listens on; all or none.</summary>
internal sealed class ListenerSet : IDisposable
{
    private readonly List<PortListener> _all = [];

    private ListenerSet()
    {
    }

    /// <summary>The listeners.</summary>
    internal IReadOnlyList<PortListener> All => _all;

    /// <summary>Why nothing listens on the node's port, although it was asked for; null where something does.</summary>
    internal string? NodePortProblem { get; private set; }

    /// <summary>Listens for a storage unit: on its port, its pool's port, its node's port and a unix socket, as far as it has them.</summary>
    /// <param name="options">Says where.</param>
    /// <param name="isEncrypted">Whether its graph speaks TLS, and nothing else.</param>
    /// <returns>The listeners.</returns>
    /// <exception cref="CommandException">One of them cannot be had.</exception>
    internal static ListenerSet ForUnit(DaemonOptions options, bool isEncrypted)
    {
        ListenerSet listeners = Open(
            () => PortListener.Listen(null, options.Port, shared: false, isEncrypted ? RouteDecision.ForEncryptedUnitPort : RouteDecision.ForUnitPort),
            options.PoolPort is { } port ? () => PortListener.Listen(null, port, shared: true, RouteDecision.ForVolfilePort) : null,
            Local(options));
        if (options.NodePort is { } nodePort)
        {
            listeners.ListenForNode(nodePort);
        }

        return listeners;
    }

    /// <summary>Listens for a gateway: on its address and a unix socket.</summary>
    /// <param name="options">Says where.</param>
    /// <returns>The listeners.</returns>
    /// <exception cref="CommandException">One of them cannot be had.</exception>
    internal static ListenerSet ForGateway(DaemonOptions options) => Open(
        () => PortListener.Listen(options.Listen.Address, options.Listen.Port, shared: false, RouteDecision.ForVolfilePort), Local(options));

    /// <summary>Frees every port.</summary>
    public void Dispose()
    {
        _all.ForEach(listener => listener.Dispose());
        _all.Clear();
    }

    // A convenience for clients: no reason not to serve.
    private void ListenForNode(int port)
    {
        try
        {
            _all.Add(PortListener.Listen(null, port, shared: true, RouteDecision.ForVolfilePort));
        }
        catch (CommandException exception)
        {
            NodePortProblem = exception.Message;
        }
    }

    private static Func<PortListener>? Local(DaemonOptions options) =>
        options.Socket is { } path ? () => PortListener.ListenLocally(path, RouteDecision.ForVolfilePort) : null;

    private static ListenerSet Open(params ReadOnlySpan<Func<PortListener>?> makers)
    {
        var listeners = new ListenerSet();
        try
        {
            foreach (Func<PortListener>? make in makers)
            {
                if (make is not null)
                {
                    listeners._all.Add(make());
                }
            }

            PassedSockets.All.ExpectAllClaimed();
            return listeners;
        }
        catch (CommandException)
        {
            listeners._all.ForEach(listener => listener.GiveUp());
            throw;
        }
    }
}

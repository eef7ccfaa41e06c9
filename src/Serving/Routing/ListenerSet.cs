using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Serving.Options;
using KadaluFsd.Volgen;

namespace KadaluFsd.Serving.Routing;

/// <summary>All listeners of a process. Either all of them are open or none.</summary>
public sealed class ListenerSet(ListenOptions options) : IDisposable
{
    private readonly List<PortListener> _all = [];

    internal IReadOnlyList<PortListener> All => _all;

    /// <summary>Why the node's port is not listened on although it was asked for; null where it is.</summary>
    public string? NodePortProblem { get; private set; }

    /// <summary>Why the alias is not listened on although it was asked for; null where it is.</summary>
    public string? AliasProblem { get; private set; }

    /// <summary>
    /// Listens for a storage unit: on its port, its pool's port, its node's port, its alias and a unix socket, as far as it has them.
    /// </summary>
    /// <param name="at">Its address; the ports for volfiles have the same.</param>
    /// <param name="isEncrypted">Whether its graph speaks TLS, and nothing else.</param>
    /// <returns>True; it throws otherwise.</returns>
    /// <exception cref="CommandException">One of them cannot be opened; none is open then.</exception>
    public bool OpenForUnit(ListenAddress at, bool isEncrypted)
    {
        ArgumentNullException.ThrowIfNull(at);
        Open(
            () => PortListener.Listen(
                at, shared: false, isEncrypted ? RouteDecision.ForEncryptedUnitPort : RouteDecision.ForUnitPort),
            options.PoolPort is { } port ? () =>
                PortListener.Listen(at.At(port), shared: true, RouteDecision.ForVolfilePort) : null,
            Local());
        if (options.NodePort is { } nodePort)
        {
            NodePortProblem = TryListen(at.At(nodePort));
        }

        if (options.Alias is { } alias)
        {
            AliasProblem = TryListen(new ListenAddress([IPAddress.Parse(alias)], UnitVolfile.DefaultPort));
        }

        return true;
    }

    /// <summary>Listens for a gateway: on its address and a unix socket.</summary>
    /// <exception cref="CommandException">One of them cannot be opened; none is open then.</exception>
    internal void OpenForGateway()
    {
        IPEndPoint address = options.ParseGateway();
        Open(
            () => PortListener.Listen(
                new ListenAddress([address.Address], address.Port), shared: false, RouteDecision.ForVolfilePort),
            Local());
    }

    /// <summary>Frees every port.</summary>
    public void Dispose()
    {
        _all.ForEach(listener => listener.Dispose());
        _all.Clear();
    }

    // Only a convenience for clients: the unit serves without it.
    private string? TryListen(ListenAddress at)
    {
        try
        {
            _all.Add(PortListener.Listen(at, shared: true, RouteDecision.ForVolfilePort));
            return null;
        }
        catch (CommandException exception)
        {
            return exception.Message;
        }
    }

    private Func<PortListener>? Local() =>
        options.Socket is { } path ? () => PortListener.ListenLocally(path, RouteDecision.ForVolfilePort) : null;

    private void Open(params ReadOnlySpan<Func<PortListener>?> makers)
    {
        try
        {
            foreach (Func<PortListener>? make in makers)
            {
                if (make is not null)
                {
                    _all.Add(make());
                }
            }

            PassedSockets.All.ExpectAllClaimed();
        }
        catch (CommandException)
        {
            _all.ForEach(listener => listener.GiveUp());
            _all.Clear();
            throw;
        }
    }
}

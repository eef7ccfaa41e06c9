using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>The addresses of the nodes that the served volfiles name, kept up to date as the volfiles change.</summary>
internal sealed class PoolNodes(VolfileStore store) : IDisposable
{
    private volatile ImmutableHashSet<IPAddress> _addresses = [];

    /// <summary>Starts resolving the names.</summary>
    internal void Follow()
    {
        store.Changed += Update;
        _ = ResolveAsync();
    }

    /// <summary>The addresses known so far.</summary>
    internal IReadOnlySet<IPAddress> Addresses => _addresses;

    /// <inheritdoc/>
    public void Dispose() => store.Changed -= Update;

    private void Update(IReadOnlySet<string> keys) => _ = ResolveAsync();

    // A node whose name cannot be resolved is not recognised as a node, and nothing else.
    private async Task ResolveAsync()
    {
        ImmutableHashSet<IPAddress>.Builder found = ImmutableHashSet.CreateBuilder<IPAddress>();
        foreach (string host in store.Current.Values.SelectMany(volfile => volfile.Hosts).Distinct())
        {
            try
            {
                found.UnionWith(await Dns.GetHostAddressesAsync(host));
            }
            catch (Exception exception) when (exception is SocketException or ArgumentException)
            {
                // Not resolvable now; the next change tries again.
            }
        }

        _addresses = found.ToImmutable();
    }
}

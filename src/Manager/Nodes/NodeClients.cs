using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;

namespace KadaluFsd.Manager.Nodes;

/// <summary>Asks agents of nodes, as the manager. From any thread.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="files">Who this node is.</param>
/// <param name="time">The clock.</param>
public sealed class NodeClients(ClusterIdentity cluster, NodeFiles files, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Names and disks that do not answer are waited for there.
    private static readonly TimeSpan s_checkPatience = TimeSpan.FromSeconds(30);

    // For connecting, and the way back of an answer.
    private static readonly TimeSpan s_more = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<NodeDocument, PeerClient> _clients = new();
    private readonly Lock _lock = new();
    private ClusterTls? _tls;
    private DateTimeOffset _madeAt;

    /// <summary>What the manager shows to, and asks of, nodes.</summary>
    /// <exception cref="CommandException">There is no cluster.</exception>
    public ClusterTls Tls
    {
        get
        {
            lock (_lock)
            {
                // One that was made when the clock was ahead is not valid yet. The earlier one is in use by connections still, and is left to the
                // garbage collector, as its clients are.
                DateTimeOffset now = time.GetUtcNow();
                if (_tls is null || now < _madeAt || now >= _madeAt + (ClusterAuthority.Validity / 2))
                {
                    X509Certificate2 own = cluster.CreateManagerCertificate(files.GetOrMakeId());
                    _tls = new ClusterTls(own, cluster.Trust(), time);
                    _madeAt = now;
                    _clients.Clear();
                }

                return _tls;
            }
        }
    }

    /// <summary>Forgets what the manager has shown until now: the cluster is another one.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _tls = null;
            _clients.Clear();
        }
    }

    /// <summary>A client of a node's agent, which belongs to this.</summary>
    public PeerClient Get(NodeDocument node)
    {
        ArgumentNullException.ThrowIfNull(node);
        ClusterTls tls = Tls;
        return _clients.TryGetValue(node, out PeerClient? known) ? known : Add(node, tls);
    }

    /// <summary>Checks that a node is where it is to be: that it answers there, and no other one.</summary>
    /// <param name="node">The node, which may be another one than is noted.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It is not.</exception>
    internal async Task CheckHereAsync(NodeDocument node, CancellationToken cancellation)
    {
        using PeerClient client = Create(node, Tls);
        await client.AskAsync(HttpMethod.Get, NodePaths.Here, null, s_patience, cancellation);
    }

    /// <summary>Checks that this manager is found at an address.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">Nobody, or somebody else, answers there.</exception>
    internal async Task CheckManagerAsync(string host, int port, CancellationToken cancellation)
    {
        ClusterTls tls = Tls;
        var own = new PeerIdentity(files.GetOrMakeId(), ClusterRole.Manager);
        using var client = new PeerClient(host, port, refused => tls.ForClient(own, refused));
        await client.AskAsync(HttpMethod.Get, Joining.AuthorityPath, null, s_patience, cancellation);
    }

    /// <summary>Asks which ports of a node are not free; a node that answers this is there.</summary>
    /// <exception cref="CommandException">It does not answer.</exception>
    public async Task<PortReport> AskPortsAsync(NodeDocument node, CancellationToken cancellation)
    {
        try
        {
            byte[] answer = await Get(node).AskAsync(HttpMethod.Get, NodePaths.Ports, null, s_patience, cancellation);
            return Read(answer, NodeJson.Default.PortReport, node);
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerUnreachable)
        {
            // It is the first thing that a task asks of a node: people read it.
            throw new CommandException(
                exception.Code,
                $"the agent of {node.Name} does not answer: {exception.Message} (does it run there? systemctl start " +
                "kadalu-fsd-agent)");
        }
    }

    /// <summary>Asks for a pool's definition as a node knows it.</summary>
    /// <exception cref="CommandException">It does not answer, or there is no such pool.</exception>
    public async Task<DefinitionAnswer> AskDefinitionAsync(NodeDocument node, Guid pool, CancellationToken cancellation)
    {
        byte[] answer =
            await Get(node).AskAsync(HttpMethod.Get, $"{NodePaths.Definitions}/{pool}", null, s_patience, cancellation);
        return Read(answer, NodeJson.Default.DefinitionAnswer, node);
    }

    /// <summary>Has a node check itself.</summary>
    /// <exception cref="CommandException">It does not answer.</exception>
    public async Task<NodeCheckup> AskCheckupAsync(NodeDocument node, CancellationToken cancellation)
    {
        byte[] answer = await Get(node).AskAsync(HttpMethod.Get, NodePaths.Checks, null, s_checkPatience, cancellation);
        return Read(answer, NodeJson.Default.NodeCheckup, node);
    }

    /// <summary>Asks where a name or an address leads from a node.</summary>
    /// <exception cref="CommandException">It does not answer, or is of a version that cannot say it.</exception>
    internal Task<ReachAnswer> AskReachAsync(NodeDocument node, ReachQuestion question, CancellationToken cancellation) =>
        Get(node).AskAsync(
            NodePaths.Reach, question, NodeJson.Default.ReachQuestion, NodeJson.Default.ReachAnswer, s_checkPatience,
            cancellation);

    /// <summary>Asks how a pool is on a node.</summary>
    /// <exception cref="CommandException">It does not answer, or there is no such pool.</exception>
    public async Task<JsonElement> AskStatusAsync(NodeDocument node, string pool, CancellationToken cancellation)
    {
        byte[] answer =
            await Get(node).AskAsync(HttpMethod.Get, $"{NodePaths.Status}/{pool}", null, s_patience, cancellation);
        return AnswerText.Read(answer, CommandJson.Default.JsonElement);
    }

    /// <summary>Asks a node about a pool.</summary>
    /// <exception cref="CommandException">It does not answer, or refuses.</exception>
    internal async Task<T> AskAsync<T>(
        NodeDocument node, NodeQuestion question, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(question, QuestionJson.Default.NodeQuestion);
        (HttpStatusCode status, byte[] answer) = await Get(node).SendAsync(
            HttpMethod.Post, NodeQuestion.Route, text, TimeSpan.FromSeconds(question.Seconds) + s_more, cancellation);
        if (status == HttpStatusCode.OK)
        {
            return AnswerText.Read(answer, type);
        }

        ControlError refusal = AnswerText.Read(answer, ControlJson.Default.ControlError);
        throw new CommandException((ExitCode)(refusal.Code ?? (int)ExitCode.PeerRefused), refusal.Error);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PeerClient client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private PeerClient Add(NodeDocument node, ClusterTls tls)
    {
        foreach (NodeDocument before in _clients.Keys.Where(other => other.Id == node.Id))
        {
            _clients.TryRemove(before, out _);
        }

        return _clients.GetOrAdd(node, _ => Create(node, tls));
    }

    private static PeerClient Create(NodeDocument node, ClusterTls tls)
    {
        var identity = new PeerIdentity(node.Id, ClusterRole.Node);
        string? FindProblem(X509Certificate2 shown) =>
            node.Certificates.Has(shown) ? null : NodeCertificates.Problem;
        return new PeerClient(node.Host, node.Port, refused => tls.ForClient(identity, refused, FindProblem));
    }

    private static T Read<T>(byte[] answer, JsonTypeInfo<T> type, NodeDocument node) =>
        AnswerText.Read(answer, type, $"{node.Name}: {AnswerText.Its}");
}

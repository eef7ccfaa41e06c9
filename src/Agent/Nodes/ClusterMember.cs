using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;

namespace KadaluFsd.Agent.Nodes;

/// <summary>Which cluster this node is in, and what it shows to others of it.</summary>
/// <param name="files">The files in which the node keeps who it is.</param>
/// <param name="options">Where the agent serves.</param>
/// <param name="time">The clock.</param>
public sealed class ClusterMember(NodeFiles files, AgentOptions options, TimeProvider time) : Part, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // A person waits, and need not.
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(3);

    // By a clock that is far ahead of the manager's each certificate is to be renewed as soon as it is there.
    private static readonly TimeSpan s_betweenRenewals = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile ClusterLink? _link;
    private long? _renewed;

    // The manager gives the same answer again to who has the token and the key.
    private (string Token, NodeKey Key)? _attempt;

    /// <summary>The node's id.</summary>
    public Guid Node { get; private set; }

    /// <summary>What the node keeps of being in a cluster; null where it is in none.</summary>
    public Membership? Membership => _link?.Membership;

    /// <summary>What the node is called in pools.</summary>
    public string Name => Membership?.Name ?? files.FindName() ?? Environment.MachineName;

    /// <summary>What it shows to, and asks of, others of the cluster.</summary>
    /// <exception cref="CommandException">It is in no cluster.</exception>
    public ClusterTls Tls => Link.Tls;

    /// <summary>What it says of being in a cluster.</summary>
    public MemberInfo Describe() => new(Membership?.Cluster, Node, Name, Membership?.Manager.Address);

    /// <summary>Joins a cluster.</summary>
    /// <exception cref="CommandException">It cannot; says why.</exception>
    public async Task JoinAsync(JoinOrder order, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        await _one.WaitAsync(cancellation);
        try
        {
            if (Membership is { } member && !order.IsAgain)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"this node is in a cluster already, {member.Cluster}, whose manager is {member.Manager.Host}: if that one " +
                    "has removed it, or is gone, kadalu node join --again");
            }

            var ask = new JoinRequest(
                [], Node, order.Name ?? Name, options.ParseListen().Port, [], time.GetUtcNow(), ProgramVersion.Text,
                StepFence.FindHighest(files.Generations));
            JoinToken token = ReadToken(order.Token);
            if (_attempt?.Token != order.Token)
            {
                _attempt?.Key.Dispose();
                _attempt = (order.Token, NodeKey.Create());
            }

            Membership made = await Joining.JoinAsync(token, ask, _link, time, _attempt.Value.Key, cancellation);
            Take(made);
            NoteName(made);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Forgets the cluster. Its manager is told, so that it lets this node in again at once, but not asked: it may have removed this node, or be
    /// gone.
    /// </summary>
    /// <exception cref="CommandException">This node is in none, or that cannot be noted.</exception>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            await TellAsync(Link.Manager, cancellation);
            SystemRefusal.Guard(files.Membership, () =>
            {
                File.Delete(files.Membership);
                File.Delete(files.ClusterNodes);
            });
            _link = null;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Gets another certificate, where the own one is to end soon.</summary>
    /// <returns>Whether there is another one now.</returns>
    /// <exception cref="CommandException">The manager does not answer, or refuses.</exception>
    public async Task<bool> RenewAsync(CancellationToken cancellation)
    {
        if (!IsToRenew(_link))
        {
            return false;
        }

        // What this node joins or leaves meanwhile is not to be overwritten.
        await _one.WaitAsync(cancellation);
        try
        {
            if (_link is not { } old || !IsToRenew(old))
            {
                return false;
            }

            using var key = NodeKey.Create();
            RenewalAnswer answer = await old.Manager.AskAsync(
                Joining.RenewPath, new RenewalRequest(key.Request()), NodeJson.Default.RenewalRequest,
                NodeJson.Default.RenewalAnswer, s_patience, cancellation);
            Membership made = old.Membership with { Certificate = answer.Certificate, Key = key.Export() };
            Take(made);
            _renewed = time.GetTimestamp();
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Asks the manager.</summary>
    /// <exception cref="CommandException">This node is in no cluster.</exception>
    public PeerClient Manager => Link.Manager;

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        Node = files.GetOrMakeId();
        if (Membership.Find(files.Membership) is { } member)
        {
            Use(member.Node == Node ? member : throw new CommandException(
                ExitCode.PoolRefused,
                $"{files.Membership} is of the node {member.Node}, and this one is {Node} ({files.Id}): put back the one or " +
                "the other"));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _attempt?.Key.Dispose();
        _one.Dispose();
    }

    /// <summary>What it can say to others of the cluster.</summary>
    /// <exception cref="CommandException">It is in no cluster.</exception>
    internal ClusterLink Link => _link ?? throw new CommandException(
        ExitCode.PoolRefused,
        "this node is in no cluster: kadalu cluster create makes one, kadalu node join TOKEN lets it into one");

    private static async Task TellAsync(PeerClient manager, CancellationToken cancellation)
    {
        try
        {
            await manager.AskAsync(HttpMethod.Post, NodePaths.Leave, null, s_farewell, cancellation);
        }
        catch (CommandException)
        {
            // It finds out by itself.
        }
    }

    /// <summary>Changes what the node keeps of its cluster.</summary>
    /// <returns>It as it is now; null where it was something else than before by now.</returns>
    /// <exception cref="CommandException">It cannot be written.</exception>
    internal async Task<Membership?> ChangeAsync(Membership before, Membership after, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (Membership != before)
            {
                return null;
            }

            // The name first: who finds the other one still is told again.
            NoteName(after);
            Take(after);
            return after;
        }
        finally
        {
            _one.Release();
        }
    }

    private void NoteName(Membership member)
    {
        if (member.Name != (files.FindName() ?? Environment.MachineName))
        {
            files.PutName(member.Name);
        }
    }

    private bool IsToRenew(ClusterLink? link) => link is not null && time.GetUtcNow() >= link.RenewAt &&
        (_renewed is not { } last || time.GetElapsedTime(last) > s_betweenRenewals);

    private void Use(Membership member) => _link = new ClusterLink(member, time);

    // What cannot be used does not replace what can.
    private void Take(Membership made)
    {
        var link = new ClusterLink(made, time);
        made.Put(files.Membership);
        _link = link;
    }

    private static JoinToken ReadToken(string text)
    {
        try
        {
            return JoinToken.Parse(text);
        }
        catch (IdentityException exception)
        {
            throw new CommandException(ExitCode.Usage, exception.Message);
        }
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>What a manager knows, without the process that it is: nodes that nobody can reach, and pools on them.</summary>
internal sealed class ManagerKnowledge : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly ServiceProvider _services;

    private ManagerKnowledge()
    {
        Root = Path.Combine(_directory.FullName, "root");
        _services = ClusterManager.AddKnowledge(new ServiceCollection(), new ManagerOptions(), new NodeFiles(Root))
            .AddLogging().BuildServiceProvider();
    }

    internal string Root { get; }

    internal static async Task<ManagerKnowledge> CreateAsync()
    {
        var made = new ManagerKnowledge();
        await made.Get<ClusterIdentity>().CreateAsync("manager", default);
        return made;
    }

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Lets a node in, which nobody can reach.</summary>
    internal async Task<Guid> JoinAsync(string name)
    {
        JoinToken token = await Get<NodeAdmission>().CreateTokenAsync(24010, TimeSpan.FromHours(1), null, default);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256).CreateSigningRequest();
        var id = Guid.NewGuid();
        await Get<NodeAdmission>().JoinAsync(
            new JoinRequest(token.Secret.ToArray(), id, name, 1, request, DateTimeOffset.UtcNow, "0.1.0"), null, default);
        return id;
    }

    /// <summary>Adds a pool with a unit on each of some nodes.</summary>
    internal async Task<KnownPool> AddAsync(
        string name, PoolPhase phase, Guid[] nodes, Guid[]? left = null, long? task = null, int port = 24100)
    {
        Pool pool = Make(name, nodes, port);
        var record = new PoolRecord(pool.Id, name, phase, PoolText.Write(pool), task, left ?? []);
        await Get<IStateStore>().CommitAsync([.. PoolRegistry.Add(record, pool)], default);
        return (await Get<PoolRegistry>().FindAsync(pool.Id, default))!;
    }

    internal static Pool Make(string name, Guid[] nodes, int port = 24100) => new(name, Guid.NewGuid())
    {
        Groups =
        [
            new DistributeGroup(
                nodes.Length == 1 ? GroupKind.Distribute : GroupKind.Mirror,
                [
                    .. nodes.Select((node, place) => new PoolUnit(new PoolNode($"server{place + 1}", node.ToString()), $"/data/{name}")
                    {
                        Port = port,
                    }),
                ]),
        ],
        Revision = 1,
    };

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}

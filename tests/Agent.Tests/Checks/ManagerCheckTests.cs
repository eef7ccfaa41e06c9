using System.Net.Sockets;
using KadaluFsd.Agent.Checks;
using KadaluFsd.Cluster.Nodes;

namespace KadaluFsd.Agent.Tests.Checks;

/// <summary>Managers that run where they should not.</summary>
public sealed class ManagerCheckTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string SocketPath => Path.Combine(_directory.FullName, "manager.sock");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_manager_runs_only_on_the_node_where_the_clusters_is()
    {
        Membership there = Member(Guid.NewGuid());
        Assert.Empty(Check(there));
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
            socket.Listen();
            Assert.Contains("which is at [fd00::1]:24010", Assert.Single(Check(there)).Said, StringComparison.Ordinal);
            Assert.Empty(Check(Member(there.Node) with { Node = there.Node }));
        }

        // One that was killed leaves its socket.
        Assert.Empty(Check(there));
    }

    private IEnumerable<NodeFinding> Check(Membership member) => ManagerCheck.Check(member, SocketPath, "/manager");

    private static Membership Member(Guid manager) => new(
        Guid.NewGuid(), Guid.NewGuid(), "node1", new ManagerPlace("fd00::1", 24010, manager), "", "", "");
}

using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

public class PoolPathsTests
{
    private static readonly PoolPaths s_usual = new("/");
    private static readonly PoolPaths s_trial = new("/tmp/trial/../root");

    [Fact]
    public void Everything_lies_where_Kadalu_has_it_or_below_another_root()
    {
        Assert.Equal("/var/lib/kadalu/pools/pool1.json", s_usual.Definition("pool1"));
        Assert.Equal("/tmp/root/var/lib/kadalu/volfiles/pool1.vol", s_trial.Volfile("pool1"));
        Assert.True(s_usual.IsUsual);
        Assert.False(s_trial.IsUsual);
        Assert.All(s_trial.Own, path => Assert.StartsWith("/tmp/root/", path, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_files_have_no_slashes()
    {
        Assert.Equal("/run/kadalu/a-b.pid", s_usual.PidFile("a/b"));
        Assert.Equal("/run/kadalu/a-b.control.sock", s_usual.ControlSocket("a/b"));
        Assert.Equal("/var/log/kadalu/mount.pool1.mnt-pool1.log", s_usual.MountLog("pool1", "/mnt/pool1/"));
    }

    [Theory]
    [InlineData("pool1.json", "pool1")]
    [InlineData("pool1.vol.4a7d", "pool1")]
    [InlineData("pool1.n1.u1.vol", "pool1")]
    [InlineData("shd.pool1.vol", "pool1")]
    [InlineData("shd", "shd")]
    public void Whose_a_file_is_its_name_says(string name, string pool) => Assert.Equal(pool, PoolPaths.PoolOf(name));

    [Fact]
    public void A_self_heal_daemon_has_a_key_of_its_pool() =>
        Assert.Equal("pool1", PoolPaths.PoolOf(PoolPaths.HealDaemonKey("pool1") + ".vol"));

    [Theory]
    [InlineData("a 1\n", "is no name for a unit")]
    [InlineData("", "is no name for a unit")]
    [InlineData("../a", "is no name for a unit")]
    public void A_unit_of_systemd_has_a_name_without_surprises(string name, string words)
    {
        Assert.False(SystemdUnit.IsName(name));
        CommandException refused = Assert.Throws<CommandException>(() => new SystemdUnit(name, "/"));
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_are_found_by_whole_paths_only()
    {
        Assert.Matches("^/.*/sh$", Programs.Find("sh"));
        Assert.Equal(
            ExitCode.PoolRefused, Assert.Throws<CommandException>(() => Programs.Find("no-such-program-anywhere")).Code);
    }

    [Fact]
    public void This_node_is_known_by_its_id_where_a_pool_knows_that_and_else_by_its_name()
    {
        var node = new ThisNode("kept", "id-1");
        Assert.Equal("kept", node.Node.Name);
        Assert.Equal(Environment.MachineName, new ThisNode(null, null).Node.Name);

        // Renamed since: its id counts, and no longer its name.
        PoolNode renamed = new("192.0.2.1", "ID-1"), namesake = new("kept", "id-2"), unknown = new("kept");
        Assert.True(node.Is(Of(renamed, namesake), renamed));
        Assert.False(node.Is(Of(renamed, namesake), namesake));
        Assert.True(node.Is(Of(namesake), namesake));
        Assert.True(node.Is(Of(unknown), unknown));
        Assert.True(node.IsCalled("127.0.0.1"));
        Assert.False(node.IsCalled("192.0.2.1"));
        Assert.False(node.IsCalled("not a host"));
        Assert.Equal(1, Assert.Single(node.UnitsOf(Of(namesake, renamed))).Index);
    }

    [Fact]
    public void Where_nothing_of_a_pool_is_here_it_is_said_where_it_is()
    {
        var node = new ThisNode("here", "id-1");
        node.Require(Of(new PoolNode("here")));
        Assert.Equal(
            "no unit of \"pool1\" is on this node, here with the id id-1, but on 192.0.2.1, 192.0.2.2",
            Assert.Throws<CommandException>(
                () => node.Require(Of(new PoolNode("192.0.2.1"), new PoolNode("192.0.2.2"), new PoolNode("192.0.2.1")))).Message);
    }

    private static Pool Of(params PoolNode[] nodes) => new("pool1", Guid.Empty)
    {
        Groups = [new DistributeGroup(GroupKind.Mirror, [.. nodes.Select(node => new PoolUnit(node, "/u"))])],
    };
}

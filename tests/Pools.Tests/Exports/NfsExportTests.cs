using KadaluFsd.Contract;
using KadaluFsd.Pools.Exports;

namespace KadaluFsd.Pools.Tests.Exports;

/// <summary>EXPORT blocks. That NFS-Ganesha takes them is for Integration.Tests.</summary>
public class NfsExportTests
{
    private static readonly NfsExport s_export = new(101, "pool1", "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "127.0.0.1", "/pool1");

    [Fact]
    public void A_block_has_what_was_asked_for()
    {
        string block = s_export.Block;
        Assert.Contains("Export_Id = 101;", block, StringComparison.Ordinal);
        Assert.Contains("Path = \"/pool1\";", block, StringComparison.Ordinal);
        Assert.Contains("Squash = Root_squash;", block, StringComparison.Ordinal);
        Assert.Contains("Access_Type = RW;", block, StringComparison.Ordinal);
        Assert.DoesNotContain("CLIENT", block, StringComparison.Ordinal);
        Assert.Contains("Volume = \"9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11\"; Volpath = \"/\";", block, StringComparison.Ordinal);

        block = (s_export with { Clients = "10.0.0.0/8,@lab", IsReadOnly = true, IsRootTrusted = true, Directory = "/a b" }).Block;
        Assert.Contains("CLIENT { Clients = 10.0.0.0/8,@lab; Access_Type = RO; }", block, StringComparison.Ordinal);
        Assert.Contains("    Access_Type = None;\n", block, StringComparison.Ordinal);
        Assert.Contains("Squash = No_root_squash;", block, StringComparison.Ordinal);
        Assert.Contains("Volpath = \"/a b\";", block, StringComparison.Ordinal);
        Assert.Equal(block.Count(character => character == '{'), block.Count(character => character == '}'));
    }

    [Fact]
    public void A_fragment_says_what_it_was_made_of()
    {
        NfsExport export = s_export with { Clients = "@lab", Directory = "/a", IsReadOnly = true, IsRootTrusted = true };
        Assert.Equal(export, NfsExport.Parse("pool1", export.ToText()));
        Assert.Null(NfsExport.Parse("pool2", export.ToText()));
        Assert.Null(NfsExport.Parse("pool1", (export with { Number = 65536 }).ToText()));
        Assert.Null(NfsExport.Parse("pool1", (export with { Servers = "a\"; } }" }).ToText()));
        Assert.EndsWith(export.Block, export.ToText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("EXPORT { Export_Id = 1; }\n")]
    [InlineData("# kadalu-fsd: {\n")]
    [InlineData("# kadalu-fsd: {\"number\": 1, \"pool\": null}\n")]
    [InlineData("# kadalu-fsd: null\n")]
    public void What_somebody_else_has_written_is_not_read(string text) => Assert.Null(NfsExport.Parse("pool1", text));

    [Theory]
    [InlineData("pool1")]
    [InlineData("/")]
    [InlineData("/a b")]
    [InlineData("/a;b")]
    [InlineData("/a\"")]
    [InlineData("/a\n")]
    [InlineData("/a/../b")]
    [InlineData("//a")]
    [InlineData("/a/")]
    [InlineData("/./a")]
    public void A_path_that_would_end_a_line_or_lead_up_is_refused(string pseudo) => MustBeRefused(s_export with { Pseudo = pseudo });

    [Theory]
    [InlineData("a")]
    [InlineData("/a\"; Squash = None;")]
    [InlineData("/..")]
    [InlineData("/a\nb")]
    [InlineData("/%u")]
    public void A_directory_that_would_end_a_line_or_lead_up_is_refused(string directory) =>
        MustBeRefused(s_export with { Directory = directory });

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a;b")]
    [InlineData("a,")]
    [InlineData("a\n")]
    [InlineData("}")]
    [InlineData(":")]
    [InlineData(".example.org")]
    [InlineData("a,.")]
    [InlineData("/etc")]
    [InlineData("10.0.0.0/33")]
    [InlineData("name/8")]
    [InlineData("@")]
    [InlineData("fe80::1%eth0")]
    [InlineData("all,10.0.0.1")]
    [InlineData("10.0.0.1,ALL")]
    [InlineData("fe80::%1/64")]
    [InlineData("[::1]:80")]
    [InlineData("[fe80::]/64")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.1.1.1")]
    [InlineData("0/0")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("167772160/8")]
    [InlineData("0x0a000000/8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10")]
    [InlineData("0x10")]
    [InlineData("true")]
    [InlineData("lab,No")]
    public void Clients_that_ganesha_does_not_understand_are_refused(string clients) => MustBeRefused(s_export with { Clients = clients });

    [Theory]
    [InlineData("*")]
    [InlineData("10.0.0.*")]
    [InlineData("*.example.org,10.0.0.0/8,fd00::/8,::1,10.0.0.1/32,fd00::1/128")]
    [InlineData("10.0.0.?")]
    [InlineData("0net.example.org")]
    [InlineData("@lab,client-1")]
    public void Clients_that_it_understands_are_taken(string clients) => (s_export with { Clients = clients }).Check();

    [Fact]
    public void The_tag_tells_the_pool_and_what_a_running_ganesha_cannot_change()
    {
        Assert.True(NfsExport.IsTagOf("pool1", s_export.Tag));
        Assert.False(NfsExport.IsTagOf("pool", s_export.Tag));
        Assert.Equal(s_export.Tag, (s_export with { }).Tag);
        Assert.Equal(s_export.Tag, (s_export with { IsRootTrusted = true, IsReadOnly = true, Clients = "@lab" }).Tag);
        Assert.NotEqual(s_export.Tag, (s_export with { Directory = "/a" }).Tag);
        Assert.NotEqual(s_export.Tag, (s_export with { Number = 102 }).Tag);
        Assert.Contains($"Tag = \"{s_export.Tag}\";", s_export.Block, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_are_one_host_or_the_pools_own()
    {
        MustBeRefused(s_export with { Servers = "a:24100" });
        (s_export with { Servers = "a:24100, [fd00::1]:24100", HasPoolServers = true }).Check();
        (s_export with { Servers = "fd00::1" }).Check();
    }

    private static void MustBeRefused(NfsExport export) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(export.Check).Code);
}

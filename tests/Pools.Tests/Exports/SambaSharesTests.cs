using KadaluFsd.Contract;
using KadaluFsd.Pools.Exports;

namespace KadaluFsd.Pools.Tests.Exports;

/// <summary>Shares. That Samba takes them is for Integration.Tests.</summary>
public sealed class SambaSharesTests : IDisposable
{
    private static readonly SambaShare s_share = new("pool1", "pool1", "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "server1:24100 [fd00::2]:24100");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-shares-");
    private readonly ExportPlaces _places;
    private readonly SambaShares _shares;

    public SambaSharesTests()
    {
        _places = new ExportPlaces("smbd", In("kadalu"), In("smb.conf"), In("smbd.pid"));
        _shares = new SambaShares(_places);
    }

    [Fact]
    public void A_section_has_what_was_asked_for_and_a_fragment_says_what_it_was_made_of()
    {
        SambaShare share = s_share with { Name = "part", Directory = "/a b", IsReadOnly = true };
        Assert.StartsWith("[part]\n    path = /a b\n    read only = yes\n", share.Section, StringComparison.Ordinal);
        Assert.Contains("glusterfs:volfile_server = server1:24100 [fd00::2]:24100\n", share.Section, StringComparison.Ordinal);
        Assert.Equal(share, SambaShare.Parse("pool1", share.ToText()));
    }

    [Theory]
    [InlineData("global", "/")]
    [InlineData("GLOBALS", "/")]
    [InlineData("IPC$", "/")]
    [InlineData("-x", "/")]
    [InlineData("a]\n[b", "/")]
    [InlineData("", "/")]
    [InlineData("a", "/%u")]
    [InlineData("a", "/a\nread only = no")]
    [InlineData("a", "a")]
    [InlineData("a", "/../b")]
    public void What_would_mean_something_else_to_samba_is_refused(string name, string directory) =>
        Assert.Equal(
            ExitCode.Usage, Assert.Throws<CommandException>((s_share with { Name = name, Directory = directory }).Check).Code);

    [Fact]
    public void An_index_includes_every_fragment()
    {
        _shares.Put(s_share);
        _shares.Put(s_share with { Name = "two", Pool = "pool2" });
        File.WriteAllText(In("kadalu/foreign.conf"), "[foreign]\n");
        _shares.Put(s_share);
        Assert.Equal(
            [$"include = {In("kadalu/pool1.conf")}", $"include = {In("kadalu/pool2.conf")}"], File.ReadLines(In("kadalu.conf")).Skip(1));
        Assert.Contains(
            "pool1.conf",
            Assert.Throws<CommandException>(() => _shares.Put(s_share with { Name = "POOL1", Pool = "pool3" })).Message,
            StringComparison.Ordinal);
        File.WriteAllText(In("smb.conf"), "[global]\n  [ Own ]\n");
        Assert.Contains(
            "smb.conf", Assert.Throws<CommandException>(() => _shares.Put(s_share with { Name = "own" })).Message, StringComparison.Ordinal);
        Assert.Contains(
            "not made by this command",
            Assert.Throws<CommandException>(() => _shares.Put(s_share with { Name = "new", Pool = "foreign" })).Message,
            StringComparison.Ordinal);
        _shares.Remove("pool1");
        Assert.Equal([$"include = {In("kadalu/pool2.conf")}"], File.ReadLines(In("kadalu.conf")).Skip(1));
        Assert.Null(_shares.Find("pool1"));
    }

    [Fact]
    public void Shares_of_files_that_smb_conf_includes_are_peoples()
    {
        File.WriteAllText(In("smb.conf"), $"[ops] ; at night\ninclude = {In("more.conf")}\n");
        File.WriteAllText(In("more.conf"), $"include = {In("smb.conf")}\n include={In("deeper.conf")}\n");
        File.WriteAllText(In("deeper.conf"), "[finance]\n");
        foreach ((string name, string file) in new[] { ("OPS", "smb.conf"), ("finance", "deeper.conf") })
        {
            Assert.Contains(
                $"{In(file)} has a share {name} already",
                Assert.Throws<CommandException>(() => _shares.Put(s_share with { Name = name })).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_index_of_somebody_else_stays()
    {
        File.WriteAllText(In("kadalu.conf"), "[others]\n");
        Assert.Contains(
            "not made by this command", Assert.Throws<CommandException>(() => _shares.Put(s_share)).Message, StringComparison.Ordinal);
        _shares.Remove("pool1");
        Assert.Equal("[others]\n", File.ReadAllText(In("kadalu.conf")));
    }

    [Fact]
    public void Only_a_line_that_includes_the_index_counts()
    {
        Assert.False(_shares.AreIncluded);
        File.WriteAllText(In("smb.conf"), $"[global]\n# {_shares.IncludeLine}\ninclude = {In("other.conf")}\n");
        Assert.False(_shares.AreIncluded);
        File.AppendAllText(In("smb.conf"), $"\tInclude={In("kadalu.conf")}\n");
        Assert.True(_shares.AreIncluded);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string In(string name) => Path.Combine(_directory.FullName, name);
}

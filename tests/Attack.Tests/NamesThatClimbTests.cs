using System.IO.Enumeration;
using KadaluFsd.Attack.Tests.Wire;
using KadaluFsd.Harness;
using static KadaluFsd.Attack.Tests.Wire.FileCalls;

namespace KadaluFsd.Attack.Tests;

/// <summary>Every operation that takes a name, with names that no entry of a directory has.</summary>
public sealed class NamesThatClimbTests : IntegrationTest
{
    // What operations are done to; the name of the old or new entry is the argument.
    private static readonly (string Operation, Func<WireClient, Guid, Guid, string, WireReply> Do)[] s_operations =
    [
        ("lookup", (client, parent, _, name) => client.LookUp(parent, name, ("gfid-req", Guid.NewGuid()))),
        ("mkdir", (client, parent, _, name) => client.MakeDirectory(parent, name, Guid.NewGuid())),
        ("mknod", (client, parent, _, name) => client.MakeNode(parent, name, Guid.NewGuid(), Convert.ToUInt32("100644", 8))),
        ("create", (client, parent, _, name) => client.Create(parent, name, Guid.NewGuid())),
        ("symlink", (client, parent, _, name) => client.SymLink(parent, name, "anywhere", Guid.NewGuid())),
        ("link", (client, parent, file, name) => client.Link(file, parent, name)),
        ("rename to", (client, parent, _, name) => client.Rename(Root, "file", parent, name)),
        ("rename from", (client, parent, _, name) => client.Rename(parent, name, Root, "renamed")),
        ("unlink", (client, parent, _, name) => client.Unlink(parent, name)),
        ("rmdir", (client, parent, _, name) => client.RemoveDirectory(parent, name)),
        ("namelink", (client, parent, _, name) => client.NameLink(parent, name)),
    ];

    public static TheoryData<string> Names =>
    [
        "..", "../secret", "../empty", "../made", "../../outside/secret", "/etc/passwd", "directory/../../secret",
        "directory/../../made", "./file", "directory/inner", ".//made",
        new string('x', 256), new string('x', 5000), ".glusterfs", ".glusterfs/made", ".glusterfs/../../made",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_operation_takes_one(string name)
    {
        Prison prison = await Prison.CreateAsync(Workspace, await CreateUnitAsync());
        using WireClient client = await prison.EnterAsync();
        var (directory, file, index) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, client.MakeDirectory(Root, "directory", directory).Result);
        Assert.Equal(0, client.MakeNode(Root, "file", file, Convert.ToUInt32("100644", 8)).Result);
        Assert.Equal(0, client.MakeNode(directory, "inner", index, Convert.ToUInt32("100644", 8)).Result);
        string outside = await prison.LookOutsideAsync();
        string[] inside = Inside(prison);

        // features/index answers for a directory of its own, whose names it makes paths of itself.
        WireReply pending = client.GetXattr(Root, "glusterfs.xattrop_index_gfid");
        Assert.True(pending.Result >= 0);
        foreach (Guid parent in new[] { Root, directory, IndexOf(pending) })
        {
            // ".glusterfs" is a name like others below the root, and ".." of a directory is looked up inside; see below.
            if ((name == ".glusterfs" && parent != Root) || (name == ".." && parent != Root))
            {
                continue;
            }

            foreach ((string operation, Func<WireClient, Guid, Guid, string, WireReply> act) in s_operations)
            {
                WireReply reply = act(client, parent, file, name);
                Assert.True(reply.Result == -1, $"{operation} of \"{name}\" in {parent} was done");
                Assert.False(reply.Contains(Prison.Secret));
            }
        }

        Assert.Equal(outside, await prison.LookOutsideAsync());
        Assert.Equal(inside, Inside(prison));

        // The unit lives, and serves others.
        Assert.Equal(file, client.LookUp(Root, "file").Gfid);
        Assert.Equal(0, client.Rename(Root, "file", directory, "renamed").Result);
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task Dots_of_a_directory_are_looked_up_inside_of_the_unit_and_of_the_mounted_subdirectory()
    {
        Prison prison = await Prison.CreateAsync(Workspace, await CreateUnitAsync());
        using WireClient client = await prison.EnterAsync();
        var (outer, inner, deep) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, client.MakeDirectory(Root, "outer", outer).Result);
        Assert.Equal(0, client.MakeDirectory(outer, "inner", inner).Result);
        Assert.Equal(0, client.MakeDirectory(inner, "deep", deep).Result);

        Assert.Equal(inner, client.LookUp(inner, ".").Gfid);
        Assert.Equal(outer, client.LookUp(inner, "..").Gfid);
        Assert.Equal(Root, client.LookUp(outer, "..").Gfid);
        Assert.Equal(Root, client.LookUp(Root, ".").Gfid);
        Assert.Equal(-1, client.LookUp(Root, "..").Result);

        using WireClient confined = await prison.EnterAsync("/outer/inner");
        Assert.Equal(deep, confined.LookUp(Root, "deep").Gfid);
        Assert.Equal(deep, confined.LookUp(deep, ".").Gfid);
        Assert.Equal(-1, confined.LookUp(Root, "..").Result);
        foreach (
            (string operation, Func<WireClient, Guid, Guid, string, WireReply> act) in s_operations.Where(
                operation => operation.Operation != "lookup"))
        {
            Assert.True(act(client, inner, deep, "..").Result == -1, $"{operation} of \"..\" was done");
            Assert.True(act(client, inner, deep, ".").Result == -1, $"{operation} of \".\" was done");
            Assert.True(act(client, inner, deep, "").Result == -1, $"{operation} of an empty name was done");
        }
    }

    [Fact]
    public async Task Longest_and_odd_names_are_names()
    {
        Prison prison = await Prison.CreateAsync(Workspace, await CreateUnitAsync());
        using WireClient client = await prison.EnterAsync();
        var directory = Guid.NewGuid();
        Assert.Equal(0, client.MakeDirectory(Root, "directory", directory).Result);
        foreach (
            string name in new[] {
                new string('x', 255), "...", "..a", ".a", "a..", "a\\..\\b", " ", "\n", "%2e%2e", ".glusterfs2", "ä" })
        {
            var gfid = Guid.NewGuid();
            Assert.True(client.MakeDirectory(directory, name, gfid).Result == 0, $"mkdir {name}");
            Assert.Equal(gfid, client.LookUp(directory, name).Gfid);
            Assert.Equal(0, client.Rename(directory, name, Root, name).Result);
            Assert.Equal(0, client.RemoveDirectory(Root, name).Result);
        }

        Assert.Equal(0, client.MakeDirectory(directory, ".glusterfs", Guid.NewGuid()).Result);
    }

    [Theory]
    [InlineData("trusted.glusterfs.volume-id", true)]
    [InlineData("trusted.gfid", true)]
    [InlineData("trusted.gfid2path.0123456789abcdef", true)]
    [InlineData("trusted.pgfid.00000000-0000-0000-0000-000000000001", true)]
    [InlineData("security.capability", true)]
    [InlineData("user.name", true)]
    [InlineData("trusted.afr.pool1-client-0", false)]
    public async Task Nobody_counts_in_what_says_whose_a_directory_is(string name, bool isRefused)
    {
        Prison prison = await Prison.CreateAsync(Workspace, await CreateUnitAsync());
        using WireClient client = await prison.EnterAsync();
        string before = await AttributesAsync(prison.Unit.Directory);
        foreach (bool ofOpenFile in new[] { false, true })
        {
            Assert.Equal(
                isRefused ? (-1, 1) : (0, 0),
                client.XattrOp(Root, name, "0123456789abcdef", ofOpenFile) is var reply ? (reply.Result, reply.Error) : default);
        }

        Assert.Equal(isRefused, before == await AttributesAsync(prison.Unit.Directory));
        Assert.Equal(0, await prison.Process.StopAsync());

        static Task<string> AttributesAsync(string directory) =>
            Command.MustAsync("getfattr", "-d", "-m", "-", "-e", "hex", "--absolute-names", directory);
    }

    [Fact]
    public async Task Operations_that_posix_does_not_know_end_no_unit()
    {
        Prison prison = await Prison.CreateAsync(Workspace, await CreateUnitAsync());
        using WireClient client = await prison.EnterAsync();
        Assert.Equal(-1, client.CreateInode(Guid.NewGuid()).Result);
        Assert.Equal(-1, client.NameLink(Root, "name").Result);
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    // A value of the dict in the answer, 16 bytes.
    private static Guid IndexOf(WireReply reply)
    {
        ReadOnlySpan<byte> body = reply.Body.Span;
        int key = body.IndexOf("glusterfs.xattrop_index_gfid\0"u8);
        Assert.True(key >= 0);

        // The key, its padding, the value's kind and length.
        int value = key + (("glusterfs.xattrop_index_gfid".Length + 1 + 3) & ~3) + 8;
        return new Guid(body.Slice(value, 16), bigEndian: true);
    }

    // Links are listed, not followed: the root's handle is one that leads to the root.
    private static string[] Inside(Prison prison) =>
        [.. new FileSystemEnumerable<string>(
            prison.Unit.Directory, (ref FileSystemEntry entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        }.Order(StringComparer.Ordinal)];
}

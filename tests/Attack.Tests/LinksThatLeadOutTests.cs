using KadaluFsd.Attack.Tests.Wire;
using KadaluFsd.Harness;
using static KadaluFsd.Attack.Tests.Wire.FileCalls;

namespace KadaluFsd.Attack.Tests;

/// <summary>Symbolic links that lead out of a unit, which a client may make, and may never have followed by the unit.</summary>
public sealed class LinksThatLeadOutTests : IntegrationTest
{
    private const int ELoop = 40;

    [Fact]
    public async Task No_link_is_a_directory()
    {
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        var (link, file) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, client.SymLink(Root, "link", prison.Outside, link).Result);
        Assert.Equal(0, client.MakeNode(Root, "file", file, Convert.ToUInt32("100644", 8)).Result);
        string outside = await prison.LookOutsideAsync();

        Refused("opendir", client.OpenDirectory(link));
        Refused("readdir", client.ReadDirectory(link, AnonymousFile, plus: false));
        Refused("readdirp", client.ReadDirectory(link, AnonymousFile, plus: true));
        Refused("get_real_filename", client.GetXattr(link, "glusterfs.get_real_filename:SECRET"));
        Refused("statfs", client.StatFs(link));
        foreach (string name in new[] { "secret", "empty", "made" })
        {
            var gfid = Guid.NewGuid();
            Refused("lookup", client.LookUp(link, name, ("gfid-req", gfid), ("glusterfs.content", 4096UL)));
            Refused("lookup of the gfid wanted for it", client.LookUp(gfid, ("glusterfs.content", 4096UL)));
            Refused("opendir of the gfid wanted for it", client.OpenDirectory(gfid));
            Refused("mkdir", client.MakeDirectory(link, name, Guid.NewGuid()));
            Refused("mknod", client.MakeNode(link, name, Guid.NewGuid(), Convert.ToUInt32("100644", 8)));
            Refused("create", client.Create(link, name, Guid.NewGuid()));
            Refused("symlink", client.SymLink(link, name, "anywhere", Guid.NewGuid()));
            Refused("link", client.Link(file, link, name));
            Refused("rename to", client.Rename(Root, "file", link, name));
            Refused("rename from", client.Rename(link, name, Root, "stolen"));
            Refused("unlink", client.Unlink(link, name));
            Refused("rmdir", client.RemoveDirectory(link, name));
        }

        Assert.Equal(outside, await prison.LookOutsideAsync());
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task No_link_is_the_file_that_it_points_at()
    {
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        var link = Guid.NewGuid();
        Assert.Equal(0, client.SymLink(Root, "link", Path.Combine(prison.Outside, "secret"), link).Result);
        string outside = await prison.LookOutsideAsync();

        Refused("create", client.Create(Root, "link", Guid.NewGuid()));
        Refused("open", client.Open(link));
        Refused("read", client.Read(link, AnonymousFile));
        Refused("truncate", client.Truncate(link, 0));
        Refused("an ACL", client.GetXattr(link, "glusterfs.posix.acl"));
        Refused("setting an ACL", client.SetXattr(link, "glusterfs.posix.acl", "user::rwx,group::rwx,other::rwx"));
        Refused("an upload", client.SetXattr(link, "trusted.glusterfs.csou.complete", "0"));

        // What a repair of features/cloudsync truncates, by path and by gfid.
        Assert.Equal(0, client.SetXattr(link, "trusted.glusterfs.cs.remote", "x").Result);
        Assert.Equal(0, client.SetXattr(link, "trusted.glusterfs.cs.downloading", "x").Result);
        foreach (WireReply reply in new[]
                 {
                     client.LookUp(Root, "link", ("trusted.glusterfs.cs.repair", 1), ("glusterfs.content", 4096UL)),
                     client.LookUp(link, ("trusted.glusterfs.cs.repair", 1)),
                     client.Stat(link, ("trusted.glusterfs.cs.repair", 1)),
                 })
        {
            Assert.Equal(0, reply.Result);
            Assert.False(reply.Contains(Prison.Secret));
        }

        Assert.Equal(outside, await prison.LookOutsideAsync());
        Assert.Equal(0, client.Rename(Root, "link", Root, "link2").Result);
        Assert.Equal(0, client.Link(link, Root, "link3").Result);
        Assert.Equal(0, client.Unlink(Root, "link2").Result);
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_directory_or_file_that_is_still_open_is_none()
    {
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        var (directory, file) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, client.MakeDirectory(Root, "directory", directory).Result);
        Assert.Equal(0, client.OpenDirectory(directory).Result);
        Assert.Equal(0, client.RemoveDirectory(Root, "directory").Result);
        Assert.Equal(0, client.SymLink(Root, "directory", prison.Outside, directory).Result);
        Assert.Equal(0, client.MakeNode(Root, "file", file, Convert.ToUInt32("100644", 8)).Result);
        Assert.Equal(0, client.Open(file).Result);
        Assert.Equal(0, client.Unlink(Root, "file").Result);
        Assert.Equal(0, client.SymLink(Root, "file", Path.Combine(prison.Outside, "secret"), file).Result);
        string outside = await prison.LookOutsideAsync();

        Refused("opendir", client.OpenDirectory(directory));
        Refused("readdirp", client.ReadDirectory(directory, AnonymousFile, plus: true));
        Refused("lookup", client.LookUp(directory, "secret", ("gfid-req", Guid.NewGuid())));
        Refused("mkdir", client.MakeDirectory(directory, "made", Guid.NewGuid()));
        Refused("unlink", client.Unlink(directory, "secret"));
        Refused("read", client.Read(file, AnonymousFile));
        Refused("truncate", client.Truncate(file, 0));
        Refused("open", client.Open(file));
        Assert.Equal(outside, await prison.LookOutsideAsync());
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task A_removed_link_that_was_open_in_another_life_is_not_read()
    {
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        var file = Guid.NewGuid();
        Assert.Equal(0, client.MakeNode(Root, "file", file, Convert.ToUInt32("100644", 8)).Result);
        Assert.Equal(0, client.Open(file).Result);
        Assert.Equal(0, client.Unlink(Root, "file").Result);
        Assert.Equal(0, client.SymLink(Root, "file", Path.Combine(prison.Outside, "secret"), file).Result);

        // Its handle goes where posix keeps what is open, and looks when there is no handle.
        Assert.Equal(0, client.Unlink(Root, "file").Result);
        Refused("read", client.Read(file, AnonymousFile));
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task A_device_is_not_opened()
    {
        const ulong Zero = (1 << 8) | 5;
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        var (device, file) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, client.MakeNode(Root, "zero", device, Convert.ToUInt32("20666", 8), Zero).Result);
        Refused("create", client.Create(Root, "zero", Guid.NewGuid()));
        Refused("open", client.Open(device));
        Refused("read", client.Read(device, AnonymousFile));

        // In the place of a file that is still open.
        Assert.Equal(0, client.MakeNode(Root, "file", file, Convert.ToUInt32("100644", 8)).Result);
        Assert.Equal(0, client.Open(file).Result);
        Assert.Equal(0, client.Unlink(Root, "file").Result);
        Assert.Equal(0, client.MakeNode(Root, "file", file, Convert.ToUInt32("20666", 8), Zero).Result);
        Refused("open", client.Open(file));
        Refused("read", client.Read(file, AnonymousFile));
        Assert.Equal(0, client.Unlink(Root, "zero").Result);
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    public static TheoryData<string> Targets =>
    [
        "../../00/00/00000000-0000-0000-0000-000000000001/..", "../../00/00/00000000-0000-0000-0000-000000000001/../../outside",
        "../../00/00/00000000-0000-0000-0000-000000000001/way",
        "../../00/00/00000000-0000-0000-0000-000000000001/../secret", "../../../../../outside", "OUTSIDE", "../../../..",
    ];

    // What is left of a link when its names are removed at the same moment is taken for a directory's handle.
    [Theory]
    [MemberData(nameof(Targets))]
    public async Task A_handle_that_leads_elsewhere_leads_nowhere(string target)
    {
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        var (gfid, below, way) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, client.SymLink(Root, "way", prison.Outside, way).Result);
        foreach (
            (Guid handle, string to) in new[] {
                (gfid, target.Replace("OUTSIDE", prison.Outside, StringComparison.Ordinal)), (below, Relative(gfid) + "/empty") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(prison.Handle(handle))!);
            File.CreateSymbolicLink(prison.Handle(handle), to);
        }

        string outside = await prison.LookOutsideAsync();
        foreach (Guid handle in new[] { gfid, below })
        {
            Refused("opendir", client.OpenDirectory(handle));
            Refused("stat", client.Stat(handle, ("glusterfs.content", 4096UL)));
            Refused("truncate", client.Truncate(handle, 0));
            Refused("open", client.Open(handle));
            Refused("getxattr", client.GetXattr(handle, "trusted.gfid"));
            Refused("setxattr", client.SetXattr(handle, "user.made", "x"));
            Refused("mkdir", client.MakeDirectory(handle, "made", Guid.NewGuid()));
            Refused("create", client.Create(handle, "made", Guid.NewGuid()));
            Refused("unlink", client.Unlink(handle, "secret"));
            Refused("rmdir", client.RemoveDirectory(handle, "empty"));
            Refused("link", client.Link(handle, Root, "made"));
            Refused("lookup below it", client.LookUp(handle, "secret", ("gfid-req", Guid.NewGuid()), ("gfidless-lookup", 1)));
            Refused("lookup", client.LookUp(handle, ("gfidless-lookup", 1), ("glusterfs.content", 4096UL)));
        }

        Assert.Equal(outside, await prison.LookOutsideAsync());
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task The_roots_gfid_is_the_roots()
    {
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        Refused("mkdir", client.MakeDirectory(Root, "directory", Root));
        Refused("mknod", client.MakeNode(Root, "file", Root, Convert.ToUInt32("100644", 8)));
        Refused("create", client.Create(Root, "file", Root));
        Refused("symlink", client.SymLink(Root, "link", prison.Outside, Root));
        Assert.Equal("../../..", new FileInfo(prison.Handle(Root)).LinkTarget);
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task A_link_can_be_looked_at_and_is_open_to_everybody()
    {
        (Prison prison, WireClient client) = await EnterAsync();
        using WireClient _ = client;
        var link = Guid.NewGuid();
        Assert.Equal(0, client.SymLink(Root, "link", "/nowhere", link).Result);
        Assert.Equal(link, client.LookUp(Root, "link").Gfid);
        Assert.Equal(link, client.LookUp(link).Gfid);
        Assert.True(client.Do(FileOperation.ReadLink, body =>
        {
            body.WriteGfid(link);
            body.WriteUInt32(4096);
            WireDict.Write(body);
        }).Contains("/nowhere"));
        Assert.Equal(ELoop, client.Open(link).Error);
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Fact]
    public async Task Deep_directories_are_reached_by_their_gfid()
    {
        const int Depth = 90;
        (Prison prison, WireClient client) = await EnterAsync();
        Guid[] directories = [Root, .. Enumerable.Range(0, Depth).Select(_ => Guid.NewGuid())];
        using (client)
        {
            for (int depth = 1; depth <= Depth; depth++)
            {
                Assert.Equal(0, client.MakeDirectory(directories[depth - 1], "directory", directories[depth]).Result);
            }
        }

        // A unit that has just started knows no path of them.
        Assert.Equal(0, await prison.Process.StopAsync());
        await UnitProcess.StartAsync(Workspace, prison.Unit);
        using WireClient again = await prison.EnterAsync();
        Assert.Equal(directories[^1], again.LookUp(directories[^1]).Gfid);
        Assert.Equal(0, again.OpenDirectory(directories[^1]).Result);
        Assert.Equal(directories[^2], again.LookUp(directories[^1], "..").Gfid);
        Assert.Equal(0, again.MakeDirectory(directories[^1], "more", Guid.NewGuid()).Result);
    }

    private static string Relative(Guid gfid)
    {
        string text = gfid.ToString("D");
        return $"../../{text[..2]}/{text[2..4]}/{text}";
    }

    private static void Refused(string what, WireReply reply)
    {
        Assert.True(reply.Result == -1, $"{what} was done");
        Assert.False(reply.Contains(Prison.Secret), $"{what} told the secret");
    }

    private async Task<(Prison Prison, WireClient Client)> EnterAsync()
    {
        Prison prison = await Prison.CreateAsync(Workspace, await CreateUnitAsync());
        return (prison, await prison.EnterAsync());
    }
}

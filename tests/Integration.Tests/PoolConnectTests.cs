using System.Text.Json.Nodes;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>The lines of <c>kadalu pool connect</c> are pasted: each client takes its own.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolConnectTests : IntegrationTest
{
    [Fact]
    public async Task Each_client_takes_its_line()
    {
        TestNetwork.Require();
        var pools = PoolHarness.Create(Workspace, node: TestNetwork.Address);
        string said = await pools.CreateAsync("pool1", "units:1");
        Dictionary<string, string> lines = Parse(await pools.MustAsync("connect", "pool1"));
        string server = lines["Volfile servers"];
        Assert.Contains($"its volfile servers are {server}; kadalu pool connect pool1", said, StringComparison.Ordinal);
        JsonNode status = await pools.StatusAsync("pool1");
        Assert.Equal(server, Assert.Single(status["volfileServers"]!.AsArray().Select(one => (string)one!)));
        string unit = pools.Units("pool1", 1)[0];

        // Mounts.
        MountNamespace machine = await MountNamespace.CreateAsync(Workspace);
        await machine.InstallHelperAsync(Workspace);
        foreach (string title in lines.Keys.Where(title => title.StartsWith("A mount", StringComparison.Ordinal)))
        {
            await TryMountAsync(machine, unit, directory => machine.MustAsync("sh", "-c", Fill(lines[title], directory)));
        }

        await TryMountAsync(machine, unit, async directory =>
        {
            await File.WriteAllTextAsync(Workspace.Path("fstab"), Fill(lines["A line of /etc/fstab"], directory) + "\n");
            return await machine.MustAsync("mount", "-T", Workspace.Path("fstab"), directory);
        });

        // libgfapi.
        string source = Workspace.Path("client.c");
        await File.WriteAllTextAsync(
            source,
            $$"""
            #include <glusterfs/api/glfs.h>
            #include <fcntl.h>
            int main(void) {
            {{lines["libgfapi"].Replace("glfs_init(fs);", "if (glfs_init(fs) != 0) return 1;", StringComparison.Ordinal)}}
            glfs_fd_t *fd = glfs_creat(fs, "/of-gfapi", O_RDWR, 0644);
            return fd == 0 || glfs_write(fd, "x", 1, 0) != 1 || glfs_close(fd) != 0;
            }
            """);
        await Command.MustAsync("cc", "-o", Workspace.Path("client"), source, "-lgfapi");
        await Command.MustAsync(Workspace.Path("client"));
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(unit, "of-gfapi")));

        // QEMU.
        await Command.MustAsync(
            "qemu-img", "create", "-q", "-f", "raw", lines["QEMU: an image, by one server"].Replace("IMAGE", "image", StringComparison.Ordinal), "1M");
        Assert.Contains(
            "1 MiB",
            await Command.MustAsync("qemu-img", "info", lines["QEMU: an image, by all servers (between single quotes in a shell)"].Replace("IMAGE", "image", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    private async Task TryMountAsync(MountNamespace machine, string unit, Func<string, Task<string>> mountAsync)
    {
        string name = Guid.NewGuid().ToString();
        string directory = Workspace.Create("at", name);
        await mountAsync(directory);
        await machine.MustAsync("touch", $"{directory}/{name}");
        Assert.True(File.Exists(Path.Combine(unit, name)));
        await machine.MustAsync("umount", directory);
    }

    private static string Fill(string line, string directory) => line.Replace("DIR", directory, StringComparison.Ordinal);

    // By the title of each part.
    private static Dictionary<string, string> Parse(string text) =>
        text.Split("\n\n").Select(part => part[2..].TrimEnd('\n').Split('\n', 2)).ToDictionary(part => part[0], part => part[1]);
}

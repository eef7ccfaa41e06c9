using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>packaging/mount.kadalu, called the way mount(8) calls its helpers, and by mount(8).</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class MountHelperTests : IntegrationTest
{
    private const int WrongCall = 1;
    private const int MountFailure = 32;

    private static readonly string s_helper = Path.Combine(Workspace.Source, "packaging", "mount.kadalu");

    [Fact]
    public async Task It_mounts_pools_and_parts_of_them()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        FuseMount whole = FuseMount.Expect(Workspace);
        await Command.MustAsync(s_helper, "localhost:/pool1", whole.Path, "-o", $"rw,{port},log-file={whole.Log}");
        Directory.CreateDirectory(whole.In("part"));
        await File.WriteAllTextAsync(whole.In("part/file"), "text");

        FuseMount part = FuseMount.Expect(Workspace);
        await Command.MustAsync(
            s_helper, "nowhere.invalid,localhost:/pool1/part", part.Path, "-n", "-o",
            $"ro,noatime,_netdev,{port},log-file={part.Log}");
        Assert.Equal("text", await File.ReadAllTextAsync(part.In("file")));
        Assert.Throws<IOException>(() => File.WriteAllText(part.In("new"), "x"));

        FuseMount other = FuseMount.Expect(Workspace);
        await Command.MustAsync(
            s_helper, "nowhere.invalid:/pool1", other.Path, "-o",
            $"backup-servers=localhost,{port},log-level=DEBUG,log-file={other.Log}");
        Assert.Equal("text", await File.ReadAllTextAsync(other.In("part/file")));
        ClientMatrix.Note(RealClient.Fuse.Words, ClientMatrix.Column.FirstServerDead);
        Assert.Contains("] D [", await File.ReadAllTextAsync(other.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_has_only_an_IPv6_address_is_found()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        string hosts = Workspace.Path("hosts");
        await File.WriteAllTextAsync(hosts, await File.ReadAllTextAsync("/etc/hosts") + "\n::1 six.kadalu.test\n");
        await Command.MustAsync("mount", "--bind", hosts, "/etc/hosts");
        try
        {
            FuseMount mount = FuseMount.Expect(Workspace);
            await Command.MustAsync(s_helper, "six.kadalu.test:/pool1", mount.Path, "-o", $"{port},log-file={mount.Log}");
            await File.WriteAllTextAsync(mount.In("file"), "x");
        }
        finally
        {
            await Command.MustAsync("umount", "/etc/hosts");
        }
    }

    [Fact]
    public async Task Options_of_the_kernel_take_effect()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        foreach ((string options, string expected) in new[]
        {
            ("nosuid,nodev,noexec", "rw,nosuid,nodev,noexec,relatime rw"), ("ro,noatime,nodiratime", "ro,noatime,nodiratime ro"),
            ("strictatime", "rw rw"), ("relatime", "rw,relatime rw"),
            ("user", "rw,nosuid,nodev,noexec,relatime rw"), ("users,exec,dev", "rw,nosuid,relatime rw"),
            ("owner", "rw,nosuid,nodev,relatime rw"), ("nosuid,suid,nodiratime", "rw,nodiratime,relatime rw"),
            ("sync,dirsync", "rw,relatime rw,sync,dirsync"),
            ("defaults,auto,_netdev,nofail,x-systemd.automount,comment=a b,async", "rw,relatime rw"),
        })
        {
            FuseMount mount = FuseMount.Expect(Workspace);
            await Command.MustAsync(
                s_helper, "localhost:/pool1", mount.Path, "-o", $"{port},log-file={mount.Log}", "-o", options);
            Assert.Equal((options, expected), (options, OptionsOf(mount)));
            await mount.DisposeAsync();

            await pools.MustAsync("mount", "pool1", mount.Path, "-o", options);
            Assert.Equal((options, expected), (options, OptionsOf(mount)));
            await mount.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_setuid_program_gains_nothing_where_nosuid_was_asked_for()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        FuseMount plain = FuseMount.Expect(Workspace);
        FuseMount without = FuseMount.Expect(Workspace);
        await Command.MustAsync(s_helper, "localhost:/pool1", plain.Path, "-o", $"{port},log-file={plain.Log}");
        await Command.MustAsync(s_helper, "localhost:/pool1", without.Path, "-o", $"nosuid,{port},log-file={without.Log}");
        await Command.MustAsync("cp", "/usr/bin/id", plain.In("id"));
        await Command.MustAsync("chmod", "4755", plain.In("id"));
        await Command.MustAsync("chmod", "755", Workspace.Root, Path.GetDirectoryName(plain.Path)!, plain.Path);

        // Where nosuid was not asked for, it does gain root: that is what nosuid is for.
        Assert.Equal("0", (await AsNobodyAsync(plain.In("id"), "-u")).Trim());
        Assert.Equal("65534", (await AsNobodyAsync(without.In("id"), "-u")).Trim());
    }

    [Fact]
    public async Task An_option_that_is_not_known_is_refused_by_its_name()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        FuseMount mount = FuseMount.Expect(Workspace);
        foreach ((string option, string said) in new[]
        {
            ("nosiud", "the option nosiud is not known"),
            ("log-level", "the option log-level is not known, or not with this value"), ("lazytime", "lazytime"),
            ("bind", "bind"), ("acl=on", "acl"),
            ("port=0", "a port is a number"), ("port=65536", "a port is a number"), ("port=x", "a port is a number"),
            ("=x", "not known"), ("brick-mux", "brick-mux"), ("root-squash=maybe", "root-squash"),
            ("entry-timeout=abc", "no number of seconds"), ("attribute-timeout=1.2.3", "no number of seconds"),
        })
        {
            Command refused =
                await Command.RunAsync(s_helper, "localhost:/pool1", mount.Path, "-o", $"{port},{option},log-file={mount.Log}");
            Assert.Equal((option, WrongCall), (option, refused.ExitCode));
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
            Assert.False(mount.IsMounted);
        }

        // Sloppy, as autofs calls it: said, and left out.
        Command sloppy = await Command.RunAsync(
            s_helper, "localhost:/pool1", mount.Path, "-s", "-o", $"{port},nosiud,nodev,log-file={mount.Log}");
        Assert.Equal(0, sloppy.ExitCode);
        Assert.Contains("nosiud", sloppy.Error, StringComparison.Ordinal);
        Assert.Equal("rw,nodev,relatime rw", OptionsOf(mount));
    }

    [Fact]
    public async Task Every_option_of_the_client_that_is_known_is_one_of_the_client_s()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        foreach (string option in (string[])[
            "acl,worm", "aux-gfid-mount", "capability", "localtime-logging", "resolve-gids", "selinux", "volfile-check",
            "enable-ino32", "enable-ino32=on", "event-history", "event-history=on",
            "auto-invalidation=off", "direct-io-mode", "direct-io-mode=on", "fopen-keep-cache", "fopen-keep-cache=on",
            "global-threading", "kernel-writeback-cache=on", "no-root-squash", "root-squash=off",
            "use-readdirp=no", "attr-times-granularity=1", "attribute-timeout=2", "dump-fuse=DIR/dump", "entry-timeout=3",
            "fuse-dev-eperm-ratelimit-ns=1000", "fuse-flush-handle-interrupt=on",
            "gid-timeout=4", "lru-limit=100,invalidate-limit=5", "log-buf-size=3", "log-flush-timeout=60", "log-format=no-msg-id",
            "logger=gluster-log", "negative-timeout=1", "oom-score-adj=8",
            "pid-file=DIR/pid", "reader-thread-count=2", "volfile-server-transport=tcp", "transport=tcp", "volume-name=pool1",
            "xlator-option=*client*.ping-timeout=9", "process-name=x", "fetch-attempts=2",
            "halo-max-latency=5", "background-qlen=64,congestion-threshold=48", "secure-mgmt=off", "fuse-mountopts=nodev",
            "fs-display-name=x", "io-engine=legacy"])
        {
            FuseMount mount = FuseMount.Expect(Workspace);
            Command result =
                await Command.RunAsync(
                    s_helper, "localhost:/pool1", mount.Path, "-o",
                    $"{port},log-file={mount.Log},{option.Replace("DIR", Workspace.Root, StringComparison.Ordinal)}");
            Assert.Equal((option, 0, ""), (option, result.ExitCode, result.Error));
            await mount.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_cannot_be_mounted_is_said_so_with_the_reason()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        (string Source, int Code, string Reason)[] refused =
        [
            ("localhost:/nothing", MountFailure, "there is no pool nothing on that server"),
            ("localhost:/pool1/nothing", MountFailure, "a unit refuses this client: subdirectory for mount \"/nothing\" is not found"),
            ("pool1", WrongCall, "is not SERVER"),
            ("localhost:/", WrongCall, "is not SERVER"),
            (":/pool1", WrongCall, "is not SERVER"),
        ];
        foreach ((string source, int code, string reason) in refused)
        {
            FuseMount mount = FuseMount.Expect(Workspace);
            await FailsAsync(mount, code, reason, s_helper, source, mount.Path, "-o", $"{port},log-file={mount.Log}");
        }
    }

    [Fact]
    public async Task A_mount_that_is_dead_is_taken_away_and_the_reason_is_said()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        FuseMount mount = FuseMount.Expect(Workspace);
        string[] helper = [s_helper, "localhost:/pool1", mount.Path, "-o", $"{port},log-file={mount.Log}"];

        // Refused: the pool is for somebody else.
        await pools.MustAsync("set", "pool1", "auth.allow", "192.0.2.1");
        await FailsAsync(mount, MountFailure, "a unit refuses this client: Authentication failed", helper);
        await FailsWithAsync(pools, mount, "a unit refuses this client: Authentication failed", "mount", "pool1", mount.Path);
        await pools.MustAsync("reset", "pool1", "--all");
        await FailsWithAsync(
            pools, mount, "subdirectory for mount \"/nothing\" is not found", "mount", "pool1/nothing", mount.Path);

        // Nobody at the port; and a volfile of a pool whose units are all gone.
        await pools.MustAsync("stop", "pool1");
        await FailsAsync(mount, MountFailure, "none of the servers answers", helper);
        await AssertFailedAsync(
            mount, 11, "is not started (kadalu pool start pool1)", await pools.TryAsync("mount", "pool1", mount.Path));
        int gateway = Ports.Free();
        await File.WriteAllTextAsync(
            Path.Combine(Workspace.Create("volfiles"), "pool1.vol"), await pools.MustAsync("volfile", "pool1"));
        await UnitProcess.StartGatewayAsync(Workspace, "gateway", "--listen", $"127.0.0.1:{gateway}");
        await FailsAsync(
            mount, MountFailure, "no unit, or too few of them, can be reached", s_helper, "localhost:/pool1", mount.Path, "-o",
            $"port={gateway},log-file={mount.Log}");
    }

    [Fact]
    public async Task A_pool_is_mounted_while_any_of_its_units_answers()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        await pools.KillAsync("pool1", [0]);
        FuseMount mount = FuseMount.Expect(Workspace);
        await pools.MustAsync("mount", "pool1", mount.Path);
        await File.WriteAllTextAsync(mount.In("file"), "text");
    }

    [Fact]
    public async Task It_keeps_to_the_conventions_of_mount_8()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        FuseMount mount = FuseMount.Expect(Workspace);
        string options = $"{port},log-file={mount.Log}";

        // Faked: all is checked, nothing is done.
        await Command.MustAsync(s_helper, "localhost:/pool1", mount.Path, "-f", "-o", options);
        Assert.False(mount.IsMounted);
        Assert.False(File.Exists(mount.Log));
        Assert.Contains(
            "mounted on", await Command.MustAsync(s_helper, "-v", "localhost:/pool1", "-t", "kadalu", mount.Path, "-o", options),
            StringComparison.Ordinal);
        Command again = await Command.RunAsync(s_helper, "localhost:/pool1", mount.Path, "-o", options);
        Assert.Equal(MountFailure, again.ExitCode);
        Assert.Contains("is mounted on", again.Error, StringComparison.Ordinal);

        // The kernel's options can be changed, the client's cannot.
        await Command.MustAsync(s_helper, "localhost:/pool1", mount.Path, "-o", $"remount,ro,nosuid,{options}");
        Assert.Equal("ro,nosuid,relatime rw", OptionsOf(mount));
        Command changed = await Command.RunAsync(s_helper, "localhost:/pool1", mount.Path, "-o", $"remount,acl,{options}");
        Assert.Equal(MountFailure, changed.ExitCode);
        Assert.Contains("--acl cannot be changed", changed.Error, StringComparison.Ordinal);
        await Command.MustAsync(s_helper, "localhost:/pool1", mount.Path, "-o", $"remount,rw,{options}");
        Assert.Equal("rw,relatime rw", OptionsOf(mount));
        foreach ((string[] arguments, int code, string said) in new (string[], int, string)[]
        {
            (["localhost:/pool1", mount.Path, "-N", "/proc/1/ns/mnt"], WrongCall, "-N is not supported"),
            (["localhost:/pool1"], WrongCall, "mount -t kadalu SERVER"),
            (["localhost:/pool1", mount.Path, "-x"], WrongCall, "-x is not known"),
            (["localhost:/pool1", mount.Path, "-t", "nfs"], WrongCall, "type nfs is not kadalu"),
            (["localhost:/pool1", Workspace.Path("nothing")], MountFailure, "No such file or directory"),
            (["localhost:/pool1", s_helper], MountFailure, "is not a directory"),
        })
        {
            Command refused = await Command.RunAsync(s_helper, arguments);
            Assert.Equal((said, code), (said, refused.ExitCode));
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
        }

        Command user =
            await Command.RunAsync("setpriv", "--reuid=65534", "--clear-groups", "/bin/sh", s_helper, "localhost:/pool1", "/mnt");
        Assert.Equal(WrongCall, user.ExitCode);
        Assert.Contains("only root", user.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mount_8_calls_it_for_a_command_and_for_a_line_of_fstab()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        (string directory, string fstab, string helpers) =
            (Workspace.Create("at"), Workspace.Path("fstab"), Workspace.Create("helpers"));
        File.Copy(s_helper, Path.Combine(helpers, "mount.kadalu"));
        await File.WriteAllTextAsync(
            fstab,
            $"localhost:/pool1 {directory} kadalu " +
            $"noauto,_netdev,nofail,x-systemd.requires=x,noexec,{port},log-file={Workspace.Path("log")} 0 0\n");

        // In a mount namespace of its own, where it lies in /sbin.
        string script = $"""
            set -e
            mount -t overlay overlay -o lowerdir={helpers}:/usr/sbin /usr/sbin
            show() {"{"} awk -v at={directory} '$5 == at {"{"} print $6 {"}"}' /proc/self/mountinfo; {"}"}
            mount -t kadalu -o nosuid,user,{port},log-file={Workspace.Path("log")} localhost:/pool1 {directory}; show; umount {directory}
            mount -T {fstab} {directory}; show
            mount -T {fstab} -o remount,nodev {directory}; show
            mount -t kadalu -o remount,ro,{port},log-file={Workspace.Path("log")} localhost:/pool1 {directory}; show; umount {directory}
            mount -t kadalu -o nosiud localhost:/pool1 {directory} || echo $?
            """;
        Assert.Equal(
            "rw,nosuid,nodev,noexec,relatime\nrw,noexec,relatime\nrw,nodev,noexec,relatime\nro,relatime\n1\n",
            await Command.MustAsync("unshare", "--mount", "sh", "-c", script));
    }

    [Fact]
    public async Task What_is_mounted_already_is_left_alone_by_mount_a()
    {
        var pools = PoolHarness.Create(Workspace);
        string port = await CreatePoolAsync(pools);
        MountNamespace machine = await MountNamespace.CreateAsync(Workspace);
        await machine.InstallHelperAsync(Workspace);
        string directory = Workspace.Create("at");
        await File.WriteAllTextAsync(
            Workspace.Path("fstab"), $"localhost:/pool1 {directory} kadalu {port},log-file={Workspace.Path("log")} 0 0\n");
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal("", await machine.MustAsync("mount", "-a", "-T", Workspace.Path("fstab")));
            Assert.Equal(
                "localhost:/pool1\n", await machine.MustAsync("findmnt", "-n", "-o", "SOURCE", "--mountpoint", directory));
        }

        await machine.MustAsync("umount", directory);
    }

    [Fact]
    public async Task A_client_elsewhere_needs_only_a_server_s_name()
    {
        OtherMachine client = await OtherMachine.CreateAsync(Workspace);
        var pools = PoolHarness.Create(Workspace, node: OtherMachine.ServerAddress);
        await pools.CreateAsync("pool1", "units:2");
        await pools.CreateAsync("pool2", "units:1");

        // Whichever unit of the node answers, it has both pools; and as long as one of them lives one does.
        for (int round = 0; round < 4; round++)
        {
            foreach (string pool in (string[])["pool1", "pool2"])
            {
                FuseMount mount = FuseMount.Expect(Workspace);
                await client.MustAsync(
                    s_helper, $"{OtherMachine.ServerAddress}:/{pool}", mount.Path, "-o", $"log-file={mount.Log}");
                await File.WriteAllTextAsync(mount.In($"file{round}"), pool);
                await Command.MustAsync("umount", mount.Path);
            }
        }

        Assert.Equal(4, Directory.GetFiles(pools.Units("pool2", 1)[0], "file*").Length);
        await pools.KillAsync("pool1", [0, 1]);
        FuseMount last = FuseMount.Expect(Workspace);
        await client.MustAsync(s_helper, $"{OtherMachine.ServerAddress}:/pool2", last.Path, "-o", $"log-file={last.Log}");
        await client.MustAsync("umount", last.Path);

        // What is for this node's own processes is for nobody elsewhere, by this port either.
        foreach (
            string key in Directory.GetFiles(Path.Combine(pools.Root, "var/lib/kadalu/volfiles"))
            .Select(path => Path.GetFileNameWithoutExtension(path)!))
        {
            Assert.Equal(
                (key, key.StartsWith("pool", StringComparison.Ordinal) && !key.Contains('.', StringComparison.Ordinal) ? 0 : 8),
                (key,
                    (
                        await client.RunAsync(
                            Workspace.Program, "volfile", "get", $"{OtherMachine.ServerAddress}:24199", key)).ExitCode));
        }
    }

    private static async Task<string> CreatePoolAsync(PoolHarness pools)
    {
        await pools.CreateAsync("pool1", "units:1");
        JsonNode status = await pools.StatusAsync("pool1");
        return $"port={(int)status["units"]![0]!["port"]!}";
    }

    private static Task<string> AsNobodyAsync(params string[] command) =>
        Command.MustAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", .. command]);

    // Of the mount, and of the file system but for what every client has.
    private static string OptionsOf(FuseMount mount)
    {
        string[] fields = File.ReadLines("/proc/self/mountinfo").Single(line => line.Split(' ')[4] == mount.Path).Split(' ');
        return $"{fields[5]} {fields[^1].Split(",user_id=")[0]}";
    }

    private static async Task FailsAsync(FuseMount mount, int code, string reason, params string[] command) =>
        await AssertFailedAsync(mount, code, reason, await Command.RunAsync(command[0], command[1..]));

    private static async Task FailsWithAsync(PoolHarness pools, FuseMount mount, string reason, params string[] command) =>
        await AssertFailedAsync(mount, 7, reason, await pools.TryAsync(command));

    private static async Task AssertFailedAsync(FuseMount mount, int code, string reason, Command result)
    {
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(code, result.ExitCode);
        Assert.False(mount.IsMounted);
        await Until.SeesAsync(
            $"no client of {mount.Path} is left", () => ClientsOf(mount).ToArray(), clients => clients.Length == 0);
    }

    private static IEnumerable<string> ClientsOf(FuseMount mount) => Directory.GetDirectories("/proc")
        .Where(process => CommandLineOf(process).EndsWith($"\0{mount.Path}\0", StringComparison.Ordinal));

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

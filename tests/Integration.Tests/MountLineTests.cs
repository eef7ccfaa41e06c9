using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Lines that people wrote for mount.glusterfs, mounted by it and by packaging/mount.kadalu: the results are the same.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed partial class MountLineTests : IntegrationTest
{
    // Where mount.glusterfs looks unless it is told otherwise.
    private const string Port = "24007";

    private const string LeftMount = " (and a dead mount is left)";

    private static readonly string[] s_types = ["glusterfs", "kadalu"];

    [Theory]
    [InlineData(5)]
    [LongData(1)]
    public async Task Lines_of_fstab(int each)
    {
        MountNamespace machine = await CreateMachineAsync();
        string fstab = Workspace.Path("fstab");
        await CompareAsync(machine, MountLines.Fstab, each, async (text, type) =>
        {
            string line = TypeColumn().Replace(text, match => $"{match.Groups[1].Value}{type}{match.Groups[2].Value}");
            string directory = line.Split([' ', '\t'])[1].Replace("\\040", " ", StringComparison.Ordinal);
            await machine.MustAsync("mkdir", "-p", directory);
            await File.WriteAllTextAsync(fstab, $"{line}\n");
            return (directory, await machine.RunAsync("mount", "-T", fstab, directory));
        });
    }

    [Theory]
    [InlineData(5)]
    [LongData(1)]
    public async Task Options_of_mount(int each)
    {
        MountNamespace machine = await CreateMachineAsync();
        await CompareAsync(machine, MountLines.Options, each, async (text, type) =>
        {
            string[] words = text.Split(' ');
            return ("/mnt/gluster", await machine.RunAsync("mount", "-t", type, words[0], "/mnt/gluster", "-o", words[1]));
        });
    }

    // A machine that has the stock mount helper and ours, and the names that the lines have.
    private async Task<MountNamespace> CreateMachineAsync()
    {
        TestNetwork.Require();
        var pools = PoolHarness.Create(Workspace, node: TestNetwork.Address);
        await pools.CreateAsync("gv0", "units:1", "--pool-port", Port);
        FuseMount mount = await pools.MountAsync("gv0");
        Directory.CreateDirectory(mount.In("data"));
        await File.WriteAllTextAsync(mount.In("file"), "whole");
        await File.WriteAllTextAsync(mount.In("data/file"), "data");

        string hosts = Workspace.Path("hosts");
        await File.WriteAllTextAsync(
            hosts, $"{TestNetwork.Address} server1 server3 gluster-1.example.com\n192.0.2.1 server2\n127.0.0.1 localhost\n");
        MountNamespace machine = await MountNamespace.CreateAsync(Workspace);
        await machine.InstallHelperAsync(Workspace);
        await machine.MustAsync("mount", "--bind", hosts, "/etc/hosts");
        await machine.MustAsync("mount", "-t", "tmpfs", "tmpfs", "/mnt");
        await machine.MustAsync("mkdir", "/mnt/log", "/mnt/gluster");
        return machine;
    }

    private static async Task CompareAsync(
        MountNamespace machine, IReadOnlyList<MountLine> lines, int each, Func<string, string, Task<(string Directory, Command Result)>> mount)
    {
        Assert.Equal(50, lines.Count);
        List<string> differences = [];
        foreach (MountLine line in lines.Where((_, number) => number % each == 0))
        {
            Outcome[] outcomes = new Outcome[s_types.Length];
            for (int type = 0; type < s_types.Length; type++)
            {
                (string directory, Command result) = await mount(line.Text, s_types[type]);
                outcomes[type] = await Outcome.SeeAsync(machine, directory, result, line.Text);
            }

            if (Differ(outcomes[0], outcomes[1], line) is { } difference)
            {
                differences.Add($"{line.Text}\n  {difference}\n  {outcomes[0]} {outcomes[0].Said}\n  {outcomes[1]} {outcomes[1].Said}\n");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    // Null where the second is as the line says that it is.
    private static string? Differ(Outcome stock, Outcome ours, MountLine line)
    {
        bool refusedByName = !ours.Mounted && !ours.Said.Contains(LeftMount, StringComparison.Ordinal) && OptionNames(line.Text).Any(name => ours.Said.Contains(name, StringComparison.Ordinal));
        return line.More switch
        {
            MountMore.Mounts => !stock.Mounted && ours.Mounted ? null : "is not mounted by ours alone",
            MountMore.Refuses => stock.Mounted && refusedByName ? null : "is not refused by ours alone, by its name",
            MountMore.Flags => stock.Mounted && ours.Mounted && stock with { Flags = "" } == ours with { Flags = "" } && stock.Flags != ours.Flags
                ? null : "does not differ in its flags alone",
            _ when stock.Mounted && ours.Mounted => stock == ours ? null : "is mounted otherwise",
            _ when stock.Mounted || ours.Mounted => "is mounted by one of them",
            _ => refusedByName ? null : "is refused without the name of what is wrong",
        };
    }

    // The names of the line's options, and the source where it is what is wrong.
    private static IEnumerable<string> OptionNames(string text)
    {
        string[] columns = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return columns[0].EndsWith("/nothing", StringComparison.Ordinal)
            ? [columns[0]] : columns[columns.Length > 2 ? 3 : 1].Split(',').Select(option => option.Split('=')[0]);
    }

    [GeneratedRegex(@"^(\S+\s+\S+\s+)glusterfs(\s)")]
    private static partial Regex TypeColumn();

    /// <summary>What a mount came to.</summary>
    private sealed record Outcome(bool Mounted, string Flags, string Client, string Content)
    {
        internal string Said { get; private init; } = "";

        // What was said is compared by nobody.
        public bool Equals(Outcome? other) =>
            other is not null && (Mounted, Flags, Client, Content) == (other.Mounted, other.Flags, other.Client, other.Content);

        public override int GetHashCode() => HashCode.Combine(Mounted, Flags, Client, Content);

        internal static async Task<Outcome> SeeAsync(MountNamespace machine, string directory, Command result, string line)
        {
            string at = directory.Replace(" ", "\\040", StringComparison.Ordinal);
            string[]? mount = (await machine.MustAsync("cat", "/proc/self/mountinfo")).Split('\n')
                .Select(found => found.Split(' ')).LastOrDefault(fields => fields.Length > 4 && fields[4] == at);
            string said = result.Error + result.Output;
            if (result.ExitCode != 0 || mount is null)
            {
                if (mount is not null)
                {
                    await machine.MustAsync("umount", "-l", directory);
                    said += LeftMount;
                }

                return new Outcome(false, "", "", "") { Said = said };
            }

            string client = ClientOf(directory, line);
            string content = await machine.MustAsync("cat", $"{directory}/file");
            await machine.MustAsync("umount", directory);
            return new Outcome(true, $"{mount[5]} {mount[^1]}", client, content) { Said = said };
        }

        // The client's arguments, without those that only name things, in one spelling and one order.
        private static string ClientOf(string directory, string line)
        {
            string[] arguments = Directory.GetDirectories("/proc").Select(CommandLineOf)
                .Last(found => found.Length > 1 && found[^1] == directory);
            IEnumerable<string> plain = string.Join('\n', arguments[1..^1])
                .Replace("--xlator-option\n", "--xlator-option=", StringComparison.Ordinal)
                .Replace("--process-name\n", "--process-name=", StringComparison.Ordinal).Split('\n')
                .Where(argument => !argument.StartsWith("--fs-display-name=", StringComparison.Ordinal) &&
                    !argument.StartsWith("--fuse-mountopts=", StringComparison.Ordinal) &&
                    !argument.StartsWith("--volfile-server-port=", StringComparison.Ordinal) &&
                    (line.Contains("log-file", StringComparison.Ordinal) || !argument.StartsWith("--log-file=", StringComparison.Ordinal)))
                .Select(Plain);
            return string.Join(' ', plain.Order(StringComparer.Ordinal));
        }

        private static string Plain(string argument)
        {
            string[] parts = argument.Split('=', 2);
            return parts[0] switch
            {
                "--volfile-id" => $"{parts[0]}={parts[1].TrimStart('/').Replace(".tcp", "", StringComparison.Ordinal)}",
                "--log-level" => argument.ToUpper(CultureInfo.InvariantCulture),
                "--no-root-squash" => parts[0],
                "--fopen-keep-cache" when parts.Length == 1 => "--fopen-keep-cache=true",
                _ => argument,
            };
        }

        private static string[] CommandLineOf(string process)
        {
            try
            {
                return File.ReadAllText($"{process}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }
}

using System.Diagnostics;
using System.Globalization;

namespace KadaluFsd.Harness;

/// <summary>A mount namespace: what is mounted there is seen by nobody else, and is gone with it.</summary>
internal sealed class MountNamespace : IAsyncDisposable
{
    private readonly Process _holder;

    private MountNamespace(Process holder) => _holder = holder;

    internal static async Task<MountNamespace> CreateAsync(Workspace workspace)
    {
        Process holder = Command.Start("unshare", ["--mount", "--propagation", "private", "sh", "-c", "echo made; exec sleep infinity"]);
        MountNamespace made = workspace.Own(new MountNamespace(holder));
        Assert.Equal("made", await holder.StandardOutput.ReadLineAsync());
        return made;
    }

    /// <summary>Puts packaging/mount.kadalu where mount(8) looks for helpers.</summary>
    internal async Task InstallHelperAsync(Workspace workspace)
    {
        string helpers = workspace.Create("helpers");
        File.Copy(Path.Combine(Workspace.Source, "packaging", "mount.kadalu"), Path.Combine(helpers, "mount.kadalu"));
        await MustAsync("mount", "-t", "overlay", "overlay", "-o", $"lowerdir={helpers}:/usr/sbin", "/usr/sbin");
    }

    /// <summary>Gives a name to addresses there, in this order, beside what /etc/hosts has.</summary>
    internal async Task NameAsync(Workspace workspace, string name, params string[] addresses)
    {
        string hosts = workspace.Path("hosts");
        await File.WriteAllTextAsync(
            hosts,
            await File.ReadAllTextAsync("/etc/hosts") + "\n" + string.Concat(addresses.Select(address => $"{address} {name}\n")));
        await MustAsync("mount", "--bind", hosts, "/etc/hosts");
    }

    /// <summary>Runs a program there.</summary>
    internal Task<Command> RunAsync(params string[] command) => Command.RunAsync("nsenter", [.. Enter, .. command]);

    /// <summary>Starts a program there that goes on; it has the id that it is given, since it takes the place of nsenter.</summary>
    internal Process Start(IReadOnlyDictionary<string, string> environment, params string[] command) =>
        Command.Start("nsenter", [.. Enter, .. command], environment);

    internal Task<string> MustAsync(params string[] command) => Command.MustAsync("nsenter", [.. Enter, .. command]);

    private string[] Enter => [$"--mount=/proc/{_holder.Id.ToString(CultureInfo.InvariantCulture)}/ns/mnt", "--"];

    public ValueTask DisposeAsync() => Command.EndAsync(_holder);
}

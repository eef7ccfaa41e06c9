using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>
/// GlusterFS's own manager, with everything it keeps in the test's workspace; to see what it says of options. Has the port 24007.
/// </summary>
internal sealed class Glusterd : IAsyncDisposable
{
    private readonly Workspace _workspace;
    private readonly string _socket;
    private readonly string _pidFile;

    private Glusterd(Workspace workspace)
    {
        _workspace = workspace;
        workspace.Create("glusterd");
        _socket = workspace.Path("glusterd", "socket");
        _pidFile = workspace.Path("glusterd", "pid");
    }

    internal static async Task<Glusterd> StartAsync(Workspace workspace)
    {
        var glusterd = workspace.Own(new Glusterd(workspace));
        string volfile = workspace.Path("glusterd", "glusterd.vol");
        await File.WriteAllTextAsync(volfile, $"""
            volume management
                type mgmt/glusterd
                option working-directory {workspace.Create("glusterd", "lib")}
                option run-directory {workspace.Create("glusterd", "run")}
                option glusterd-sockfile {glusterd._socket}
                option transport-type socket
                option transport.socket.listen-port 24007
                option event-threads 1
            end-volume

            """);
        await Command.MustAsync("glusterd", "-f", volfile, "-p", glusterd._pidFile, "-l", workspace.Path("glusterd", "log"));
        await Until.SoAsync(
            "glusterd has made its socket",
            () => File.Exists(glusterd._socket), () => File.ReadAllText(workspace.Path("glusterd", "log")));
        return glusterd;
    }

    /// <summary>Asks it for something, such as <c>volume set</c>.</summary>
    internal Task<Command> TryAsync(params string[] words) =>
        Command.RunAsync(
            "gluster",
            [$"--glusterd-sock={_socket}", $"--log-file={_workspace.Path("glusterd", "cli.log")}", "--mode=script", .. words]);

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(_pidFile) &&
            int.TryParse(await File.ReadAllTextAsync(_pidFile), CultureInfo.InvariantCulture, out int pid))
        {
            await Command.RunAsync("kill", "-KILL", pid.ToString(CultureInfo.InvariantCulture));
            await ManagedProcess.GoneAsync(pid);
        }
    }
}

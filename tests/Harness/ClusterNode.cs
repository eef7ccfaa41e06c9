using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>A node of a cluster below a root of its own: its agent, and the manager, unless that is another node's.</summary>
/// <param name="root">Where it keeps everything.</param>
/// <param name="name">Its name in pools.</param>
/// <param name="before">A program that everything of it is started by, with its arguments; empty for none.</param>
/// <param name="managed">The node whose manager it has; null for its own.</param>
internal sealed class ClusterNode(string root, string name, string[] before, ClusterNode? managed) : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Dictionary<string, string> _environment = new() { ["KADALU_FSD_ROOT"] = root };
    private readonly int _agentPort = Ports.Free();
    private readonly int _managerPort = Ports.Free();

    private Process? _agent;
    private Process? _manager;
    private bool _isInCluster;
    private bool _hasOldEnvironment;

    internal string Root => root;

    internal string Name => name;

    internal IReadOnlyDictionary<string, string> Environment => _environment;

    private string AgentSocket => Path.Combine(root, "run/kadalu/agent.sock");

    private string ManagerSocket => Path.Combine(root, "run/kadalu/manager.sock");

    /// <summary>Gives the agent an environment variable, from the next command on; an empty one is taken away.</summary>
    internal void Set((string Name, string Value) variable)
    {
        if (variable.Value.Length == 0 ? _environment.Remove(variable.Name)
            : _environment.GetValueOrDefault(variable.Name) != variable.Value)
        {
            _hasOldEnvironment = _agent is not null;
        }

        if (variable.Value.Length > 0)
        {
            _environment[variable.Name] = variable.Value;
        }
    }

    /// <summary>Starts what does not run of it, and makes it a node of a cluster.</summary>
    internal async Task StartAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_hasOldEnvironment)
            {
                await KillAgentAsync();
                _hasOldEnvironment = false;
            }

            _agent ??= await StartAsync(
                "agent", AgentSocket, [Workspace.Program, "agent", "--cluster-listen", $"[::]:{Text(_agentPort)}"]);
            if (_isInCluster)
            {
                return;
            }

            string[] joining = ["cluster", "create", "--name", name];
            if (managed is null)
            {
                _manager ??= await StartAsync(
                    "manager", ManagerSocket, [ClusterMachine.Program, "manager", "--cluster-listen", $"[::]:{Text(_managerPort)}"]);
            }
            else
            {
                await managed.StartAsync();
                Command token = await managed.KadaluAsync("node", "token");
                joining = ["node", "join", token.Output.Trim(), "--name", name];
            }

            Command joined = await KadaluAsync(joining);
            Assert.True(joined.ExitCode == 0, $"kadalu {string.Join(' ', joining)}: {joined.Error}{joined.Output}");
            _isInCluster = true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Types a command of kadalu there.</summary>
    internal Task<Command> KadaluAsync(params string[] words)
    {
        string[] command = Through([ClusterMachine.Program, .. words]);
        return Command.RunAsync(command[0], OwnEnvironment, command[1..]);
    }

    /// <summary>Starts a command of kadalu there.</summary>
    internal Process StartKadalu(params string[] words)
    {
        string[] command = Through([ClusterMachine.Program, .. words]);
        return Command.Start(command[0], command[1..], OwnEnvironment);
    }

    /// <summary>Asks its manager for something that must be there.</summary>
    internal Task<string> AskManagerAsync(string what) =>
        new ControlSocket(managed?.ManagerSocket ?? ManagerSocket).GetAsync(what);

    /// <summary>Kills its agent.</summary>
    internal async Task KillAgentAsync()
    {
        if (_agent is { } agent)
        {
            _agent = null;
            await Command.EndAsync(agent);
        }
    }

    /// <summary>The processes of steps that its agent is carrying out.</summary>
    internal int[] FindSteps() => _agent is null ? [] :
    [
        .. Directory.GetDirectories($"/proc/{Text(_agent.Id)}/task")
            .SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(child => ReadCommandLine($"/proc/{child}").EndsWith("\0step\0", StringComparison.Ordinal))
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Ends its agent and manager, and takes away what they know. The next command makes another cluster.</summary>
    internal async Task ForgetAsync()
    {
        await EndAsync();
        foreach (string kept in (string[])["manager", "cluster", "generations"])
        {
            string directory = Path.Combine(root, "var/lib/kadalu", kept);
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        _isInCluster = false;
    }

    private async Task EndAsync()
    {
        await KillAgentAsync();
        if (_manager is { } manager)
        {
            _manager = null;
            await Command.EndAsync(manager);
        }
    }

    /// <summary>Ends all that runs of it, and of its pools.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await Until.SoAsync(
            $"nothing of {root} runs any more",
            async () =>
            {
                int[] left = FindProcesses();
                foreach (int process in left)
                {
                    await Command.RunAsync("kill", "-9", Text(process));
                }

                return left.Length == 0;
            },
            () => string.Join(' ', FindProcesses()));
        _one.Dispose();
    }

    // A command does not die where the agent's steps are to.
    private Dictionary<string, string> OwnEnvironment => new() { ["KADALU_FSD_ROOT"] = root };

    private string[] Through(string[] command) => [.. before, .. command];

    private async Task<Process> StartAsync(string what, string socket, string[] command)
    {
        string log = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "var/log/kadalu")).FullName, $"{what}.log");
        string[] all = Through([.. command, "--log", log]);
        Process process = Command.Start(all[0], all[1..], what == "agent" ? _environment : OwnEnvironment);
        await Until.SoAsync(
            $"the {what} of {root} can be asked",
            async () => process.HasExited
                ? throw new InvalidOperationException($"the {what} has ended: {await process.StandardError.ReadToEndAsync()}")
                : await CanBeAskedAsync(socket),
            () => File.Exists(log) ? File.ReadAllText(log) : "");
        return process;
    }

    private static async Task<bool> CanBeAskedAsync(string socket)
    {
        try
        {
            _ = await new ControlSocket(socket).AskAsync("GET", "/healthz");
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return false;
        }
    }

    // Units, self-heal daemons, steps; those of clients as well that log below the root. Zombies have no command line.
    private int[] FindProcesses() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Where(path => ReadCommandLine(path).Contains(root + "/", StringComparison.Ordinal))
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)),
    ];

    private static string ReadCommandLine(string process) => Read(Path.Combine(process, "cmdline"));

    // Processes and threads come and go.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

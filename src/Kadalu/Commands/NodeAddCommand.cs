using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu node add</c>: a machine that the person at the keyboard reaches by ssh joins the cluster.</summary>
internal static class NodeAddCommand
{
    private const string Ssh = "ssh";

    // In it a machine can be reached, and joins.
    private const double TokenHours = 0.25;

    private static readonly TimeSpan s_comesWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(200);

    internal static Command Create()
    {
        var names = new Argument<string[]>("NODE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Name or address of the machine, which it has in pools; clients and all nodes have to reach it.",
        };
        Option<string?> by = CreateBy();
        var command = new Command(
            "add",
            "Let machines into the cluster by ssh, whose agents run: a token is made for each and given to kadalu node join " +
            "there. Without ssh, kadalu node token, and the token into /etc/kadalu/join-token there.") { names, by };
        command.SetAction(async (parsed, cancellation) =>
        {
            string[] given = parsed.GetValue(names)!;
            if (given.Length > 1 && parsed.GetValue(by) is not null)
            {
                throw new CommandException(ExitCode.Usage, "--ssh is for one machine");
            }

            bool isJson = parsed.GetValue(CommonOptions.Json);
            bool isQuiet = CommonOptions.IsForProgram(parsed);
            foreach (string name in given.Distinct())
            {
                bool isNew = await AddAsync(name, parsed.GetValue(by), isQuiet, cancellation);
                if (!isJson)
                {
                    Terminal.Line(isNew ? $"{name} is in the cluster" : $"{name} is in the cluster already");
                }
            }

            if (isJson)
            {
                JsonOutput.Write(
                    (await ManagerAccess.GetAsync(ManagerPaths.Nodes, CommandJson.Default.NodeInfoArray, cancellation)).Text);
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    /// <summary>Lets those nodes into the cluster that are not in it.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="isQuiet">Whether nobody can be asked for a password.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">One cannot be reached, or does not join.</exception>
    internal static async Task AddMissingAsync(IEnumerable<string> names, bool isQuiet, CancellationToken cancellation)
    {
        foreach (string name in names.Distinct())
        {
            if (await AddAsync(name, by: null, isQuiet, cancellation) && !isQuiet)
            {
                Terminal.Line($"{name} is in the cluster");
            }
        }
    }

    private static Option<string?> CreateBy() => new("--ssh")
    {
        HelpName = "[USER@]HOST",
        Description = "What ssh is told instead of the node's name.",
    };

    private static async Task<bool> AddAsync(string name, string? by, bool isQuiet, CancellationToken cancellation)
    {
        if (!PoolRules.IsHost(name))
        {
            throw new CommandException(ExitCode.Usage, $"\"{name}\" is no name or address of a node");
        }

        string there = by ?? name;
        if (there.StartsWith('-'))
        {
            throw new CommandException(ExitCode.Usage, $"\"{there}\" is nothing that ssh can reach");
        }

        if (await FindAsync(name, cancellation) is not null)
        {
            return false;
        }

        TokenAnswer token = await NodeCommand.AskTokenAsync(TokenHours, cancellation);
        await JoinThereAsync(name, there, token.Token, isQuiet, cancellation);
        await WaitAsync(name, cancellation);
        return true;
    }

    private static async Task<NodeInfo?> FindAsync(string name, CancellationToken cancellation) =>
        (await ManagerAccess.ReadAsync(ManagerPaths.Nodes, CommandJson.Default.NodeInfoArray, cancellation))
            .FirstOrDefault(node => node.Name == name);

    // The token goes by standard input: others on that machine can see command lines. Its words are for a shell there.
    private static async Task JoinThereAsync(
        string name, string there, string token, bool isQuiet, CancellationToken cancellation)
    {
        string[] quiet = isQuiet || !Terminal.IsThere ? ["-o", "BatchMode=yes"] : [];
        using Process ssh = StartSsh(
            [.. quiet, "-o", "ConnectTimeout=10", "--", there, "kadalu", "node", "join", "--name", name]);
        Task<string> said = ssh.StandardOutput.ReadToEndAsync(cancellation);
        Task<string> errors = ssh.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await ssh.StandardInput.WriteLineAsync(token.AsMemory(), cancellation);
            ssh.StandardInput.Close();
        }
        catch (IOException)
        {
            // It says itself why it has ended.
        }

        try
        {
            await ssh.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            ssh.Kill();
            throw;
        }

        await said;
        if (ssh.ExitCode != 0)
        {
            throw Explain(name, there, ssh.ExitCode, (await errors).Trim());
        }
    }

    private static Process StartSsh(string[] words)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(Ssh, words)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception exception)
        {
            throw new CommandException(
                ExitCode.SystemRefused,
                $"ssh cannot be run ({exception.Message}): kadalu node token here, kadalu node join TOKEN there");
        }
    }

    // ssh ends with 255 for what is its own, and a shell with 127 for what it does not find.
    private static CommandException Explain(string name, string there, int code, string error) => code switch
    {
        255 => new CommandException(
            ExitCode.PeerUnreachable,
            $"{name}: ssh {there}: {error}\n  without ssh: kadalu node token here, kadalu node join TOKEN there"),
        127 => new CommandException(ExitCode.PeerRefused, $"{name}: kadalu is not installed there, or not found by ssh: {error}"),
        _ => new CommandException(ExitCode.PeerRefused, $"{name}: {error}"),
    };

    // It is heard of within seconds of its joining.
    private static async Task WaitAsync(string name, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (await FindAsync(name, cancellation) is not { State: "up" })
        {
            if (Stopwatch.GetElapsedTime(start) > s_comesWithin)
            {
                throw new CommandException(
                    ExitCode.PeerUnreachable,
                    $"{name} has joined, and nothing was heard of it for {s_comesWithin.TotalSeconds} s: does its agent reach " +
                    "the manager? (kadalu node info there)");
            }

            await Task.Delay(s_lookEvery, cancellation);
        }
    }
}

using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Questions;

/// <summary>
/// Has file servers of this node give pools to their clients: in a process of its own (<c>kadalu-fsd answer</c>), since a file server may hang.
/// </summary>
/// <param name="store">The pools of this node.</param>
/// <param name="open">Gives access to file servers; gets what takes lines that people read.</param>
/// <param name="fetch">Fetches the volfile of a key from a server, <c>HOST:PORT</c>, as a client does.</param>
public sealed class ExportQuestions(
    PoolStore store, Func<Action<string>, PoolSharing> open, Func<string, string, CancellationToken, Task> fetch)
{
    private const string StartGateway = "start a gateway (systemctl enable --now kadalu-fsd-gateway)";

    /// <summary>Whether a question is one of these.</summary>
    public static bool Are(NodeQuestion question) => question is NfsExportQuestion or SmbShareQuestion;

    /// <summary>Answers a question.</summary>
    /// <exception cref="CommandException">It cannot be done; says why.</exception>
    public async Task<JsonElement> AnswerAsync(NodeQuestion question, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        var said = new List<string>();
        try
        {
            await (question switch
            {
                NfsExportQuestion { Terms: { } terms } => ExportAsync(question, terms, said.Add, cancellation),
                SmbShareQuestion { Terms: { } terms } => ShareAsync(question, terms, said.Add),
                NfsExportQuestion => EndAsync(question, open(said.Add).EndNfsAsync),
                SmbShareQuestion => EndAsync(question, open(said.Add).EndSmbAsync),
                _ => throw new CommandException(ExitCode.Usage, $"a question of another version: {question.GetType().Name}"),
            });
        }
        catch (CommandException exception) when (said.Count > 0)
        {
            throw new CommandException(exception.Code, string.Join("\n  ", [exception.Message, .. said]));
        }

        return JsonSerializer.SerializeToElement(new ExportDone([.. said]), QuestionJson.Default.ExportDone);
    }

    private async Task ExportAsync(
        NodeQuestion question, NfsExportTerms given, Action<string> say, CancellationToken cancellation)
    {
        Pool pool = QuestionedPool.GetStarted(store, question);
        if (new[] { given.Address, given.Alias, given.HasPoolServers ? "" : null }.Count(server => server is not null) > 1)
        {
            throw new CommandException(ExitCode.Usage, "say one of --address, --alias, --pool-servers");
        }

        RequireAlias(pool, given.Alias);
        var terms = new NfsTerms
        {
            Server = given.Address ?? given.Alias,
            HasPoolServers = given.HasPoolServers,
            Number = given.Number,
            Pseudo = given.Pseudo,
            Directory = given.Directory,
            Clients = given.Clients,
            IsReadOnly = given.IsReadOnly,
            IsRootTrusted = given.IsRootTrusted,
        };
        NfsExport? before = new PoolExports(store.Paths, say).Nfs.Find(pool.Name);

        // Before anybody is asked for anything.
        terms.For(pool, before, terms.Number ?? before?.Number ?? 1).Check();
        bool needsVolfile = before is null || !terms.IsOfAccessOnly;
        if (needsVolfile && !terms.AsksPool(before))
        {
            await RequireServerAsync(pool, terms.ServerAfter(before), cancellation);
        }

        await open(say).ExportNfsAsync(pool.Name, terms);
    }

    private Task ShareAsync(NodeQuestion question, SmbShareTerms given, Action<string> say)
    {
        Pool pool = QuestionedPool.GetStarted(store, question);
        return open(say).ShareBySmbAsync(pool.Name, new SambaTerms(given.Name, given.Directory, given.IsReadOnly));
    }

    // The pool may be gone here, or everywhere.
    private Task EndAsync(NodeQuestion question, Func<string, Task> end)
    {
        if (PoolRules.FindNameProblem(question.Pool) is not null || store.Find(question.Pool) is not null)
        {
            QuestionedPool.Get(store, question);
        }

        return end(question.Pool);
    }

    private static void RequireAlias(Pool pool, string? alias)
    {
        if (alias is not null && pool.Options.GetValueOrDefault(PoolChecks.Alias) != alias)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the units of {pool.Name} do not have the alias {alias}: kadalu pool set {pool.Name} {PoolChecks.Alias} " +
                $"{alias} --restart");
        }
    }

    private static string WhatHelps(Pool pool, string host) =>
        pool.Options.GetValueOrDefault(PoolChecks.Alias) is not { } alias
            ? $"{StartGateway}, or give the pool's units an address of their own (kadalu pool set {pool.Name} " +
                $"{PoolChecks.Alias} 127.0.9.1 --restart) and say --alias 127.0.9.1"
        : alias == host
            ? "its units have this alias when they are started again (kadalu pool set " +
                $"{pool.Name} {PoolChecks.Alias} {alias} --restart), unless their logs say why not"
        : $"{StartGateway}, or say --alias {alias}, which its units have";

    // NFS-Ganesha says "Invalid object type" where nobody serves the volfile.
    private async Task RequireServerAsync(Pool pool, string host, CancellationToken cancellation)
    {
        string place = GlusterAddress.WithPort(host, UnitVolfile.DefaultPort);
        if (!GlusterAddress.IsHost(host))
        {
            throw new CommandException(ExitCode.Usage, $"\"{host}\" is not an address or a host name");
        }

        try
        {
            await fetch(place, pool.Id.ToString(), cancellation);
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerUnreachable)
        {
            throw new CommandException(
                exception.Code, $"nobody gives NFS-Ganesha volfiles there: {exception.Message}; {WhatHelps(pool, host)}");
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerRefused)
        {
            throw new CommandException(
                exception.Code,
                $"{place} gives volfiles, but not that of {pool.Name}: is it a gateway of other pools, another pool's " +
                "alias, or glusterd?");
        }
    }
}

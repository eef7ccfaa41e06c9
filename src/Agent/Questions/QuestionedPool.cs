using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Questions;

/// <summary>Finds the pool that a question is about.</summary>
internal static class QuestionedPool
{
    /// <summary>Finds a pool whose units are to run.</summary>
    /// <exception cref="CommandException">It is not there, is another one of that name, or is not started.</exception>
    internal static Pool GetStarted(PoolStore store, NodeQuestion question) =>
        Find(store, question) is { State: PoolState.Started } stored ? stored.Pool : throw new CommandException(
            ExitCode.PoolRefused, $"the pool \"{question.Pool}\" is not started on this node");

    /// <summary>Finds a pool, whether or not it is started.</summary>
    /// <exception cref="CommandException">It is not there, or is another one of that name.</exception>
    internal static Pool Get(PoolStore store, NodeQuestion question) => Find(store, question).Pool;

    private static StoredPool Find(PoolStore store, NodeQuestion question)
    {
        if (PoolRules.FindNameProblem(question.Pool) is { } problem)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }

        StoredPool stored = store.Get(question.Pool);
        return stored.Pool.Id != question.PoolId
            ? throw new CommandException(
                ExitCode.PoolRefused, $"the pool \"{question.Pool}\" of this node is another one: its id is {stored.Pool.Id}")
            : stored;
    }
}

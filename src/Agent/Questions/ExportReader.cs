using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Questions;

/// <summary>Answers what files of NFS-Ganesha on this node say of a pool.</summary>
/// <param name="store">The pools of this node.</param>
internal sealed class ExportReader(PoolStore store)
{
    /// <summary>Answers a question.</summary>
    /// <exception cref="CommandException">It cannot be answered; says why.</exception>
    internal JsonElement Answer(NfsNumberQuestion question)
    {
        Pool pool = QuestionedPool.Get(store, question);
        var exports = new NfsExports(store.Paths.Ganesha);

        // An export of an earlier pool of this name is not this one's.
        int? number = exports.Find(pool.Name) is { } export && export.Volume == pool.Id.ToString() ? export.Number : null;
        return JsonSerializer.SerializeToElement(
            new NfsNumbers(number, exports.ChooseNumber(new HashSet<int>())), QuestionJson.Default.NfsNumbers);
    }
}

using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Questions;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Clients;

/// <summary>What clients of pools are given, by what the manager and the nodes know.</summary>
/// <param name="pools">The pools.</param>
/// <param name="views">The same as people see them.</param>
/// <param name="questions">Asks their nodes.</param>
internal sealed class ClientDesk(PoolRegistry pools, PoolViews views, PoolQuestions questions)
{
    // A number is not worth waiting for a node that is away.
    private const double ForNumber = 3;
    private const double ForVolfile = 30;

    /// <summary>What clients have to know of a pool.</summary>
    /// <exception cref="CommandException">There is no such pool.</exception>
    internal async Task<PoolAccess> GetAccessAsync(string name, CancellationToken cancellation)
    {
        AnswerLimit limit = questions.Begin();
        KnownPool known = await pools.GetAsync(name, cancellation);
        NodeReply<NfsNumbers>[] replies = await questions.AskAllAsync(
            known, new NfsNumberQuestion(name, known.Record.Id) { Seconds = ForNumber }, QuestionJson.Default.NfsNumbers, limit,
            cancellation);
        return new PoolAccess(views.Describe(known), Choose([.. replies.Select(reply => reply.Answer).OfType<NfsNumbers>()]));
    }

    /// <summary>Has a volfile of a pool built.</summary>
    /// <exception cref="CommandException">There is no such volfile, or no node can build it.</exception>
    internal async Task<VolfileAnswer> BuildAsync(string name, VolfileOrder order, CancellationToken cancellation)
    {
        AnswerLimit limit = questions.Begin();
        KnownPool known = await pools.GetAsync(name, cancellation);
        var question = new VolfileQuestion(name, known.Record.Id, order.Kind, order.Unit, order.Hosts, order.IsTls)
        {
            Seconds = ForVolfile,
        };

        // A unit's is what its own node makes of it, with the translators and overlays that are there.
        PoolMember? unit = known.Pool.Units.FirstOrDefault(member => member.Unit.Address == order.Unit);
        (string node, VolfileText built) = unit is null
            ? await questions.AskOneAsync(known, question, QuestionJson.Default.VolfileText, limit, cancellation)
            : (unit.Unit.Node.Name, await questions.AskAsync(
                known, unit.Unit.Node.Name, question, QuestionJson.Default.VolfileText, limit, cancellation));
        return new VolfileAnswer(node, built.Text, built.Warnings);
    }

    /// <summary>
    /// Chooses the Export_Id that is shown: that by which a node exports the pool. Where none does, one that may be free:
    /// NFS-Ganesha may run on any node, and refuses one that is not.
    /// </summary>
    internal static int? Choose(NfsNumbers[] said) =>
        said.Select(numbers => numbers.Pool).FirstOrDefault(number => number is not null) ??
        said.Select(numbers => (int?)numbers.Free).Max();
}

using System.Collections.Immutable;
using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Questions;

/// <summary>
/// Answers questions that need GlusterFS, or files of units: in a process of its own (<c>kadalu-fsd answer</c>), which the agent starts, and ends when it
/// takes too long.
/// </summary>
/// <param name="store">The pools of this node.</param>
/// <param name="node">This node.</param>
/// <param name="load">Loads GlusterFS for what needs it.</param>
/// <param name="findVersion">Loads it, and says which version it is.</param>
public sealed class UnitQuestions(
    PoolStore store, ThisNode node, Func<(PoolVolfiles Volfiles, PoolHeal Heal)> load, Func<string> findVersion)
{
    /// <summary>Answers a question.</summary>
    /// <exception cref="CommandException">It cannot be answered; says why.</exception>
    public async Task<JsonElement> AnswerAsync(NodeQuestion question, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (question is LibraryQuestion)
        {
            return JsonSerializer.SerializeToElement(new LibraryVersion(findVersion()), QuestionJson.Default.LibraryVersion);
        }

        if (question is ReturningUnitsQuestion former)
        {
            return JsonSerializer.SerializeToElement(TakeUp(former), QuestionJson.Default.ReturningUnits);
        }

        if (question is VolfileQuestion volfile)
        {
            return JsonSerializer.SerializeToElement(
                Build(QuestionedPool.Get(store, question), volfile), QuestionJson.Default.VolfileText);
        }

        Pool pool = QuestionedPool.GetStarted(store, question);
        return question switch
        {
            HealListQuestion list => JsonSerializer.SerializeToElement(
                await ListAsync(pool, list.OnlySplitBrain, cancellation), QuestionJson.Default.NodeHealList),
            HealIndexQuestion => JsonSerializer.SerializeToElement(ReadIndices(pool), QuestionJson.Default.NodeHealList),
            GfidPathQuestion paths => JsonSerializer.SerializeToElement(
                FindPaths(pool, paths.Gfids), QuestionJson.Default.GfidPaths),
            FileCopyQuestion file => JsonSerializer.SerializeToElement(
                new NodeCopies(new FileCopies(node).Read(pool, file.Path, cancellation)), QuestionJson.Default.NodeCopies),
            FileListQuestion list => JsonSerializer.SerializeToElement(
                new ScrubReader(node).List(pool, list, cancellation), QuestionJson.Default.NodeEntries),
            FilePieceQuestion pieces => JsonSerializer.SerializeToElement(
                new ScrubReader(node).Read(pool, pieces, cancellation), QuestionJson.Default.NodePieces),
            HealResolveQuestion resolve => JsonSerializer.SerializeToElement(
                await ResolveAsync(pool, resolve, cancellation), QuestionJson.Default.HealResolved),
            _ => throw new CommandException(ExitCode.Usage, $"a question of another version: {question.GetType().Name}"),
        };
    }

    private ReturningUnits TakeUp(ReturningUnitsQuestion question)
    {
        try
        {
            Pool pool = PoolDocument.Read(question.Definition);
            var directories = new PoolDirectories(pool, node);
            Pool now = FormerPlaces.TakeUp(pool, node, directories.ReadContents(), out ImmutableArray<string> problems);
            PoolChecks.ThrowIfAny(problems);
            return new ReturningUnits(directories.FindOwner(), PoolDocument.WriteElement(now));
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.Usage, exception.Message);
        }
    }

    private VolfileText Build(Pool pool, VolfileQuestion question)
    {
        GraphSubject subject =
            new WantedVolfile(question.Kind, question.Unit, question.Hosts, question.IsTls).FindSubject(pool);
        PoolVolfiles volfiles = load().Volfiles;
        string text = volfiles.Build(question.Kind, subject);
        return new VolfileText(text, [.. volfiles.Warnings]);
    }

    private async Task<NodeHealList> ListAsync(Pool pool, bool onlySplitBrain, CancellationToken cancellation)
    {
        PoolHeal.RequireCopies(pool);
        return new NodeHealList(
            [.. (await load().Heal.ListAsync(pool, onlySplitBrain, cancellation)).Select(UnitFiles.Of)]);
    }

    // Some of them may be healed already.
    private NodeHealList ReadIndices(Pool pool)
    {
        string[] directories = Directories(pool);
        return new NodeHealList(
            [.. node.UnitsWithFilesOf(pool).Select(member =>
            {
                Guid[] noted = [.. UnitIndex.Read(member.Unit.Path)];
                return new UnitFiles(
                    member.Unit.Address, null, noted.Length,
                    [.. noted.Take(UnitFiles.FilesMax).Select(gfid => GfidPath.Find(directories, gfid) is { } path
                        ? new HealEntry(path, IsSplitBrain: false, IsHealing: false) : HealEntry.Of(gfid))]);
            })]);
    }

    private GfidPaths FindPaths(Pool pool, Guid[] gfids)
    {
        string[] directories = Directories(pool);
        return new GfidPaths(
            gfids.Distinct().Select(gfid => (Gfid: gfid, Path: GfidPath.Find(directories, gfid)))
                .Where(found => found.Path is not null).ToDictionary(found => found.Gfid, found => found.Path!));
    }

    private async Task<HealResolved> ResolveAsync(Pool pool, HealResolveQuestion question, CancellationToken cancellation)
    {
        PoolHeal.RequireCopies(pool);
        if ((question.Policy == SplitBrainPolicy.Source) != (question.Source is not null) ||
            (question.Path is null && question.Policy != SplitBrainPolicy.Source))
        {
            throw new CommandException(ExitCode.Usage, "a source belongs to its policy, and only a source may be for all files");
        }

        if (question.Source is { } source && pool.Members.All(member => member.Unit.Address != source))
        {
            throw new CommandException(ExitCode.Usage, $"{source} is no unit of {pool.Name}");
        }

        return new HealResolved(
            await load().Heal.ResolveAsync(pool, question.Policy, question.Source, question.Path, cancellation));
    }

    private string[] Directories(Pool pool) =>
        [.. node.UnitsWithFilesOf(pool).Select(member => member.Unit.Path)];
}

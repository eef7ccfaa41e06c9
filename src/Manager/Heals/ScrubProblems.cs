using KadaluFsd.Contract;
using KadaluFsd.Manager.Questions;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Heals;

/// <summary>What could not be compared, each said once.</summary>
internal sealed class ScrubProblems
{
    private const int Max = 100;

    private readonly List<string> _all = [];

    /// <summary>Adds one.</summary>
    internal void Add(string problem)
    {
        if (_all.Count < Max && !_all.Contains(problem))
        {
            _all.Add(problem);
        }
    }

    /// <summary>Adds the nodes that have not answered.</summary>
    /// <exception cref="CommandException">None has.</exception>
    internal void Add<T>(NodeReply<T>[] replies)
        where T : class
    {
        if (replies.All(reply => reply.Answer is null))
        {
            throw PoolQuestions.Refusal([.. replies.Select(reply => reply.Problem!)]);
        }

        foreach (NodeReply<T> reply in replies.Where(reply => reply.Problem is not null))
        {
            Add($"{reply.Node}: {reply.Problem!.Problem}");
        }
    }

    /// <summary>Adds copies, or contents of them, that could not be read.</summary>
    internal void AddUnread(FileLook[] looks)
    {
        foreach ((FileLook look, PoolMember member, FileCopy copy) in
            looks.SelectMany(look => look.Copies.Select(one => (look, one.Member, one.Copy))))
        {
            if (copy.Problem is { } problem)
            {
                Add($"{copy.Unit}{look.Piece.Path}: {problem}");
            }
            else if (CopyVerdict.IsUnread(member, copy.File, isDisperse: copy.File?.Fragment is not null))
            {
                Add($"{copy.Unit}{look.Piece.Path}: {copy.File!.Note}");
            }
        }
    }

    /// <summary>All of them.</summary>
    internal string[] ToArray() => [.. _all];
}

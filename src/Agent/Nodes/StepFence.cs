using System.Globalization;
using System.Text;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Agent.Nodes;

/// <summary>
/// Refuses steps that are older than what this node has seen of the same pool: their manager was cut off and another task has begun since, or they
/// are late, and their task is further by now. What was seen outlives the pool.
/// </summary>
/// <param name="path">The file of the pool; it need not exist.</param>
internal sealed class StepFence(string path)
{
    // Its steps change nothing.
    private const int Checking = 0;
    private const string Begun = "begun";
    private const string Done = "done";

    /// <summary>Notes a step, before anything is changed for it. The lock of the pool's steps is held.</summary>
    /// <param name="turn">Of which task it is.</param>
    /// <returns>Whether it was done already.</returns>
    /// <exception cref="CommandException">It is older, or cannot be noted.</exception>
    internal bool Pass(StepTurn turn)
    {
        (StepTurn seen, bool isDone) = Read();
        if (turn.Generation < seen.Generation || (turn.Generation == seen.Generation && turn.Task != seen.Task))
        {
            throw new CommandException(
                ExitCode.PeerRefused,
                $"the task {turn.Generation} is over: this node has seen the task {seen.Generation} of this pool since, from " +
                "a later manager");
        }

        if (turn.Generation == seen.Generation && turn.Stage < seen.Stage)
        {
            throw new CommandException(
                ExitCode.PeerRefused, $"the step is late: the task {turn.Generation} is further by now");
        }

        if (turn != seen && turn.Stage > Checking)
        {
            Write(turn, isDone: false);
        }

        return turn == seen && isDone;
    }

    /// <summary>Notes that a step is done: when it comes again nothing is done.</summary>
    /// <exception cref="CommandException">It cannot be noted.</exception>
    internal void Finish(StepTurn turn)
    {
        if (turn.Stage > Checking)
        {
            Write(turn, isDone: true);
        }
    }

    /// <summary>The highest number that this node has seen, of any pool.</summary>
    /// <param name="directory">The directory of the files.</param>
    /// <returns>0 where it has seen none. A file that cannot be read does not count: steps of its pool are refused, and say why.</returns>
    internal static long FindHighest(string directory) => !Directory.Exists(directory) ? 0
        : Directory.GetFiles(directory).Where(path => Guid.TryParse(Path.GetFileName(path), out _))
            .Select(path => new StepFence(path).FindSeenToReport()).DefaultIfEmpty().Max();

    /// <summary>The same as <see cref="FindSeen"/> for a report, which says what else this node has also where the file cannot be read.</summary>
    /// <returns>0 where it has seen none, or that cannot be read.</returns>
    internal long FindSeenToReport()
    {
        try
        {
            return FindSeen();
        }
        catch (CommandException)
        {
            return 0;
        }
    }

    /// <summary>The number of the latest task that this node has seen of the pool.</summary>
    /// <returns>0 where it has seen none.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    internal long FindSeen() => Read().Seen.Generation;

    private void Write(StepTurn turn, bool isDone)
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{turn.Generation} {turn.Task} {turn.Stage} {(isDone ? Done : Begun)}\n"));
        SystemRefusal.Guard(path, () => AtomicFile.Put(path, text, FileModes.Secret));
    }

    private (StepTurn Seen, bool IsDone) Read()
    {
        string text = "";
        SystemRefusal.Guard(path, () => text = File.Exists(path) ? File.ReadAllText(path).Trim() : "");
        return text.Split(' ') switch
        {
            [""] => (new StepTurn(0, Guid.Empty, 0), false),
            [var number, var task, var stage, Begun or Done]
                when long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long generation) &&
                Guid.TryParse(task, out Guid id) &&
                int.TryParse(stage, NumberStyles.None, CultureInfo.InvariantCulture, out int place) =>
                (new StepTurn(generation, id, place), text.EndsWith(Done, StringComparison.Ordinal)),
            _ => throw new CommandException(ExitCode.PoolRefused, $"{path}: \"{text}\" does not say which task was seen"),
        };
    }
}

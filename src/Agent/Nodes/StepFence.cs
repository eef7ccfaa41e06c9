using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Agent.Nodes;

/// <summary>
/// Refuses steps of tasks that are older than one this node has seen of the same pool: their manager was cut off, and another task has begun since. What was
/// seen outlives the pool.
/// </summary>
/// <param name="path">The file of the pool; it need not exist.</param>
internal sealed class StepFence(string path)
{
    /// <summary>Notes a task, before anything is changed for it. The pool's lock is held.</summary>
    /// <param name="generation">The number of the task.</param>
    /// <exception cref="CommandException">It is older, or cannot be noted.</exception>
    internal void Pass(long generation)
    {
        long seen = Read();
        if (generation < seen)
        {
            throw new CommandException(
                ExitCode.PeerRefused,
                $"the task {generation} is over: this node has seen the task {seen} of this pool since, from a later manager");
        }

        if (generation > seen)
        {
            byte[] text = Encoding.ASCII.GetBytes(generation.ToString(CultureInfo.InvariantCulture) + "\n");
            SystemRefusal.Guard(path, () => AtomicFile.Put(path, text, FileModes.Secret));
        }
    }

    /// <summary>The highest number that this node has seen, of any pool.</summary>
    /// <param name="directory">The directory of the files.</param>
    /// <returns>0 where it has seen none.</returns>
    /// <exception cref="CommandException">A file cannot be read.</exception>
    internal static long FindHighest(string directory) => !Directory.Exists(directory) ? 0
        : Directory.GetFiles(directory).Where(path => Guid.TryParse(Path.GetFileName(path), out _))
            .Select(path => new StepFence(path).Read()).DefaultIfEmpty().Max();

    /// <summary>The number of the latest task that this node has seen of the pool.</summary>
    /// <returns>0 where it has seen none.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    internal long Read()
    {
        string text = "";
        SystemRefusal.Guard(path, () => text = File.Exists(path) ? File.ReadAllText(path).Trim() : "0");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seen)
            ? seen
            : throw new CommandException(ExitCode.PoolRefused, $"{path}: \"{text}\" is not the number of a task");
    }
}

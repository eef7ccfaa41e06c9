using KadaluFsd.Hosting;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// Compares directories whose copies may differ although nothing marks them: those that were healed (clients go on changing
/// things on all units meanwhile), and those that a unit was changing when it ended (when all units end at once, no client is
/// left to mark anything). What differs is healed.
/// </summary>
internal sealed class HealReview(GlusterContext context, HealPreparation preparation, ILogger<HealReview> logger) : Part,
IDisposable
{
    // Beyond that healed directories are not compared again: it is only an additional check.
    private const int HealedMax = 16_384;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_quietFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patientlyEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(1);

    private readonly DirectoryComparison _comparison = new(context, logger);
    private readonly Dictionary<(string Group, Guid Gfid), Suspect> _suspects = [];
    private readonly Lock _asking = new();
    private readonly HashSet<string> _toAsk = [];
    private readonly AutoResetEvent _wake = new(false);
    private Thread? _thread;
    private volatile bool _isStopping;
    private bool _isHealWanted;
    private int _count;

    /// <summary>The number of directories that have to be compared. From any thread.</summary>
    internal int Count => Volatile.Read(ref _count);

    private CopyGroup[] Groups => field ??= preparation.Plan.Groups;

    /// <summary>Starts comparing, on a thread of its own, because it waits for units.</summary>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _thread = new Thread(Run) { Name = "heal-review", IsBackground = true };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Has a unit asked, when it answers, which directories were being changed when it ended. From any thread; never waits.
    /// </summary>
    internal void Ask(string unit)
    {
        lock (_asking)
        {
            _toAsk.Add(unit);
        }

        _wake.Set();
    }

    /// <summary>Has all units asked, because it is not known which ones have come back. From any thread; never waits.</summary>
    internal void AskAll()
    {
        foreach (string unit in Groups.SelectMany(group => group.Units))
        {
            Ask(unit);
        }
    }

    /// <summary>Stops comparing. A call that waits for a unit is abandoned.</summary>
    protected override Task StopAsync()
    {
        _isStopping = true;
        _wake.Set();
        _ = _thread?.Join(s_goodbye);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_thread?.IsAlive != true)
        {
            _wake.Dispose();
        }
    }

    private void Run()
    {
        while (!_isStopping)
        {
            _ = _wake.WaitOne(s_lookEvery);
            foreach ((string Group, Guid Gfid) directory in context.TakeHealed().Where(_ => _suspects.Count < HealedMax))
            {
                Note(directory).DueIn(s_quietFor);
            }

            string[] units = ToAsk();
            Array.ForEach(units, AskNow);
            Volatile.Write(ref _count, _suspects.Count);
            LookAtSuspects(units);
            HealIfWanted();
        }
    }

    // What was healed in a mirror leaves marks, until a heal has found everything equal; what a heal has left marked is for
    // another one.
    private void HealIfWanted()
    {
        if (_isHealWanted && !_isStopping)
        {
            _isHealWanted = false;
            _ = context.StartHeal(isFull: false);
        }
    }

    // Units come back one after the other and were changing the same directories: a unit that comes meanwhile is asked first, so
    // that no directory is compared once for each of them.
    private void LookAtSuspects(string[] asked)
    {
        KeyValuePair<(string Group, Guid Gfid), Suspect>[] due = [.. _suspects.Where(suspect => suspect.Value.IsDue)];
        foreach (((string Group, Guid Gfid) directory, Suspect suspect) in due)
        {
            if (_isStopping || ToAsk().Except(asked).Any())
            {
                return;
            }

            if (IsSettled(directory.Group, directory.Gfid, suspect))
            {
                _suspects.Remove(directory);
                Volatile.Write(ref _count, _suspects.Count);
            }
        }
    }

    private string[] ToAsk()
    {
        lock (_asking)
        {
            return [.. _toAsk];
        }
    }

    private Suspect Note((string Group, Guid Gfid) directory)
    {
        if (!_suspects.TryGetValue(directory, out Suspect? suspect))
        {
            _suspects[directory] = suspect = new Suspect();
        }

        return suspect;
    }

    // A unit that cannot be reached is asked again.
    private void AskNow(string unit)
    {
        try
        {
            CopyGroup? group = Groups.FirstOrDefault(group => group.Units.Contains(unit));
            foreach (Guid gfid in group is null ? [] : context.GetInterrupted(unit))
            {
                Note((group!.Name, gfid)).AskedBy.Add(unit);
            }

            lock (_asking)
            {
                _toAsk.Remove(unit);
            }
        }
        catch (GraphException)
        {
        }
    }

    private bool IsSettled(string group, Guid gfid, Suspect suspect)
    {
        suspect.Attempts++;
        suspect.DueIn(suspect.Attempts < DirectoryComparison.HurriedAttempts ? s_quietFor : s_patientlyEvery);
        try
        {
            Comparison found = _comparison.Compare(Groups.First(one => one.Name == group), gfid, suspect.Attempts);
            _isHealWanted |= found.IsHealWanted;
            if (found.Parent is { } parent)
            {
                Note((group, parent));
            }

            if (!found.AreEqual)
            {
                return false;
            }

            foreach (string unit in suspect.AskedBy)
            {
                context.TellCompared(unit, gfid);
            }

            return true;
        }
        catch (GraphException)
        {
            // A unit is not connected: retry later.
            return false;
        }
    }
}

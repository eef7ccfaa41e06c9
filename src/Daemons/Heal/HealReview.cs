using KadaluFsd.Hosting;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// Looks at directories in which copies may differ without anybody knowing: those that were healed, for while a heal goes on
/// clients change things on all units, and take names for what they are on the others; and those that a unit was changing when it
/// ended, for where all units go at once nobody is left to be marked. What differs is made equal.
/// </summary>
/// <param name="logger">Told of names that stay different.</param>
internal sealed class HealReview(GlusterContext context, HealPreparation preparation, ILogger<HealReview> logger) : Part,
IDisposable
{
    // More healed ones at a time are not looked at again: that is a further check.
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

    /// <summary>How many directories wait for being compared. From any thread.</summary>
    internal int Count => Volatile.Read(ref _count);

    private CopyGroup[] Groups => field ??= preparation.Plan.Groups;

    /// <summary>Starts to look, on a thread of its own: it waits for units.</summary>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _thread = new Thread(Run) { Name = "heal-review", IsBackground = true };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>Has a unit asked, once it answers, what it was changing when it ended. From any thread, never waits.</summary>
    internal void Ask(string unit)
    {
        lock (_asking)
        {
            _toAsk.Add(unit);
        }

        _wake.Set();
    }

    /// <summary>Has all units asked, where it is not known which ones have come back. As above.</summary>
    internal void AskAll()
    {
        foreach (string unit in Groups.SelectMany(group => group.Units))
        {
            Ask(unit);
        }
    }

    /// <summary>Looks no more. Where a unit keeps it waiting, that is left to itself.</summary>
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

    // What is settled in a mirror leaves marks as well, until a heal has seen that all is equal; and what a heal has left marked
    // is for another one.
    private void HealIfWanted()
    {
        if (_isHealWanted && !_isStopping)
        {
            _isHealWanted = false;
            _ = context.StartHeal(isFull: false);
        }
    }

    // Units come back one after the other, and were changing the same directories: one that comes meanwhile is asked first, so
    // that none is looked at for each of them.
    private void LookAtSuspects(string[] asked)
    {
        foreach (
            ((string Group, Guid Gfid) directory, Suspect suspect) in _suspects.Where(suspect => suspect.Value.IsDue).ToArray())
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

    // One that cannot be asked is asked again.
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
            // A unit is away: again later.
            return false;
        }
    }
}

using System.Diagnostics;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Heal;

/// <summary>
/// Looks again at directories that were healed. While a heal goes on clients change things on all units, and take names for what they are on the others: a name
/// may then stand for something else on the healed unit, or be gone there, without a mark that says so. Such names are looked up, which makes them equal.
/// </summary>
/// <param name="context">The graph.</param>
/// <param name="groups">The groups.</param>
/// <param name="logger">Told of names that stay different.</param>
internal sealed class HealReview(GlusterContext context, IReadOnlyList<CopyGroup> groups, ILogger logger) : IDisposable
{
    private const int AttemptsMax = 20;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_quietFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(1);

    private readonly UnitDirectories _source = new(context);
    private readonly Dictionary<(string Group, Guid Gfid), (int Attempts, long Since)> _waiting = [];
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;

    /// <summary>Starts to look, on a thread of its own: it waits for units.</summary>
    internal void Start()
    {
        _thread = new Thread(Run) { Name = "heal-review", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Looks no more. Where a unit keeps it waiting, that is left to itself.</summary>
    public void Dispose()
    {
        if (_stop.IsSet)
        {
            return;
        }

        _stop.Set();
        if (_thread is null || _thread.Join(s_goodbye))
        {
            _stop.Dispose();
        }
    }

    private void Run()
    {
        while (!_stop.Wait(s_lookEvery))
        {
            foreach ((string Group, Guid Gfid) directory in context.TakeHealed())
            {
                _waiting[directory] = (0, Stopwatch.GetTimestamp());
            }

            foreach (((string Group, Guid Gfid) directory, (int attempts, long since)) in _waiting.ToArray())
            {
                if (Stopwatch.GetElapsedTime(since) > s_quietFor && !_stop.IsSet)
                {
                    _waiting[directory] = (attempts + 1, Stopwatch.GetTimestamp());
                    Settle(directory.Group, directory.Gfid, isLast: attempts + 1 == AttemptsMax);
                }
            }
        }
    }

    private void Settle(string group, Guid gfid, bool isLast)
    {
        try
        {
            if (Review(groups.First(one => one.Name == group), gfid, isLast) || isLast)
            {
                _waiting.Remove((group, gfid));
            }
        }
        catch (GraphException exception) when (exception.IsMissing || isLast)
        {
            _waiting.Remove((group, gfid));
        }
        catch (GraphException)
        {
            // A unit is away: again later.
        }
    }

    // Whether there is nothing more to be done.
    private bool Review(CopyGroup group, Guid gfid, bool isLast)
    {
        CopyListing[] listings = [.. group.Units.Select(unit => _source.Read(unit, gfid))];
        CopyDifference[] differences = [.. CopyCheck.Differences(group.Name, "", listings)];
        if (listings.Any(listing => listing.IsMarked))
        {
            return false;
        }

        if (isLast && differences.Length > 0)
        {
            HealthLog.NamesDiffer(logger, differences.Length, gfid, differences[0].Unit, differences[0].Path);
        }

        foreach (string name in differences.Select(difference => difference.Path[1..]).Distinct())
        {
            try
            {
                context.LookUp(group.Units[0], gfid, name);
            }
            catch (GraphException exception) when (!exception.IsUnreachable)
            {
                // The others first: what this one needs may be under one of their names.
            }
        }

        return differences.Length == 0;
    }
}

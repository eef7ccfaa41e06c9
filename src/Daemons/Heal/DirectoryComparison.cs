using KadaluFsd.Daemons.Health;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>The result of comparing a directory.</summary>
/// <param name="AreEqual">Whether all units are equal.</param>
/// <param name="IsHealWanted">Whether a heal has to handle the marks.</param>
/// <param name="Parent">The parent directory, if it has to be compared as well; otherwise null.</param>
internal readonly record struct Comparison(bool AreEqual, bool IsHealWanted = false, Guid? Parent = null);

/// <summary>Compares single directories on all units of a group, and makes them equal.</summary>
internal sealed class DirectoryComparison(GlusterContext context, ILogger logger)
{
    /// <summary>After this many attempts a warning is logged, and comparisons become rarer.</summary>
    internal const int HurriedAttempts = 20;

    // By then heals have had time.
    private const int AttemptsOfHeals = 3;

    private readonly UnitDirectories _source = new(context);

    /// <summary>Compares a directory on all units of a group, and heals what differs, unless a heal does that already.</summary>
    /// <param name="attempt">The number of the attempt, from 1.</param>
    /// <exception cref="GraphException">A unit is not connected.</exception>
    internal Comparison Compare(CopyGroup group, Guid gfid, int attempt)
    {
        bool isToBeTold = attempt == HurriedAttempts;
        CopyListing[] listings = [.. group.Units.Select(unit => Read(unit, gfid)).OfType<CopyListing>()];
        if (listings.Length == 0)
        {
            // It was removed.
            return new Comparison(AreEqual: true);
        }

        // If it does not exist on all units, the parent has to be healed, which heals may not know: a client's removal may have
        // failed on some units.
        if (listings.Length < group.Units.Count)
        {
            if (isToBeTold)
            {
                HealthLog.DirectoryMissing(logger, gfid, group.Units.Count - listings.Length);
            }

            return new Comparison(
                AreEqual: false, Parent: attempt >= AttemptsOfHeals ? context.GetParent(listings[0].Unit, gfid) : null);
        }

        string[] others = [.. OfOtherAttributes(listings)];
        string[] names =
        [
            .. CopyCheck.Differences(group.Name, "", listings)
                .Where(difference => difference.Path.Length > 0).Select(difference => difference.Path[1..]).Union(others),
        ];
        if (isToBeTold && names.Length > 0)
        {
            HealthLog.NamesDiffer(logger, names.Length, gfid, names[0]);
        }

        // Marked directories are for the heal, which is helped where it compares too few names, or uses a unit without a list of
        // them.
        if (listings.Any(listing => listing.IsMarked) && (names.Length > 0 || attempt < HurriedAttempts))
        {
            return new Comparison(AreEqual: false, IsHealWanted: attempt >= AttemptsOfHeals && MayHelp(group, gfid, attempt));
        }

        foreach (string name in names)
        {
            try
            {
                context.Settle(group.Units[0], gfid, name, others.Contains(name));
            }
            catch (GraphException exception) when (!exception.IsUnreachable)
            {
                // The other names first: what this one needs may be under one of them.
            }
            catch (GraphException)
            {
                // A unit is not connected: retry later. What was healed so far still has marks for a heal.
                break;
            }
        }

        return new Comparison(AreEqual: names.Length == 0, IsHealWanted: names.Length > 0);
    }

    private bool MayHelp(CopyGroup group, Guid gfid, int attempt) =>
        context.SpreadMarks(group.Units[0], gfid) > 0 || (attempt % AttemptsOfHeals == 0 && attempt < HurriedAttempts);

    private CopyListing? Read(string unit, Guid gfid)
    {
        try
        {
            return _source.Read(unit, gfid);
        }
        catch (GraphException exception) when (exception.IsMissing)
        {
            return null;
        }
    }

    private static IEnumerable<string> OfOtherAttributes(CopyListing[] listings) =>
        from listing in listings
        from entry in listing.Attributes
        group entry.Value by entry.Key into same
        where same.Distinct().Count() > 1
        select same.Key;
}

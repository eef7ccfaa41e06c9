using KadaluFsd.Daemons.Health;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>What came of comparing a directory.</summary>
/// <param name="AreEqual">Whether all units have the same.</param>
/// <param name="IsHealWanted">Whether a heal is to look at what is marked.</param>
/// <param name="Parent">The directory that it is in, where that is to be compared as well; null where not.</param>
internal readonly record struct Comparison(bool AreEqual, bool IsHealWanted = false, Guid? Parent = null);

/// <summary>Compares single directories on all units of a group, and makes them equal.</summary>
/// <param name="logger">Told of names that stay different.</param>
internal sealed class DirectoryComparison(GlusterContext context, ILogger logger)
{
    /// <summary>After so many attempts people are told, and it is compared less often.</summary>
    internal const int HurriedAttempts = 20;

    // Heals have had their chance by then.
    private const int AttemptsOfHeals = 3;

    private readonly UnitDirectories _source = new(context);

    /// <summary>Compares a directory on all units of a group, and makes equal what is not, unless a heal does.</summary>
    /// <param name="attempt">The how manieth attempt it is, from 1.</param>
    /// <exception cref="GraphException">A unit is away.</exception>
    internal Comparison Compare(CopyGroup group, Guid gfid, int attempt)
    {
        bool isToBeTold = attempt == HurriedAttempts;
        CopyListing[] listings = [.. group.Units.Select(unit => Read(unit, gfid)).OfType<CopyListing>()];
        if (listings.Length == 0)
        {
            // It was removed.
            return new Comparison(AreEqual: true);
        }

        // Where it is not there on all, that is the affair of the directory that it is in, which heals may not know of: a
        // client's removal may have failed on some.
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

        // What is marked is the heal's affair, which is helped where it compares too few names, or turns to a unit that has no
        // list of them.
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
                // The others first: what this one needs may be under one of their names.
            }
            catch (GraphException)
            {
                // A unit is away: again later. What was made equal so far is for a heal to look at all the same.
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

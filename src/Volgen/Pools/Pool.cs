using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Pools;

/// <summary>A storage pool: storage units in distribute groups, over which files are spread. Immutable.</summary>
/// <param name="Name">Its name, by which clients ask for its volfile. See <see cref="PoolRules"/> for what is allowed.</param>
/// <param name="Id">Its id; every unit's directory carries it (<c>trusted.glusterfs.volume-id</c>).</param>
public sealed record Pool(string Name, Guid Id)
{
    /// <summary>The groups, at least one. A file lies in one of them.</summary>
    public ImmutableArray<DistributeGroup> Groups { get; init; } = [];

    /// <summary>The unit that decides between two that differ, for every group of two mirrored units; null for none.</summary>
    public PoolUnit? TieBreaker { get; init; }

    /// <summary>TCP port for volfiles, the same on every node; 0 for none.</summary>
    public int Port { get; init; }

    /// <summary>Options that were set, by name.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary.Create<string,
    string>(StringComparer.Ordinal);

    /// <summary>
    /// What its layers are called on disk, and which numbers have been given; null as long as none have been
    /// (<see cref="PoolNumbers"/>).
    /// </summary>
    public PoolLayers? Layers { get; init; }

    /// <summary>How often this definition was changed, from 1; 0 for one that nobody has kept yet.</summary>
    public int Revision { get; init; }

    /// <summary>What its own clients tell its units; null where they are like all others.</summary>
    public PoolCredentials? Credentials { get; init; }

    /// <summary>Whether what one unit loses the others of its group still have, so that it can be healed.</summary>
    public bool CanHeal => Groups[0].Kind != GroupKind.Distribute;

    /// <summary>The units of all groups with their places, in order; the tie-breaker is none of them.</summary>
    public IEnumerable<PoolMember> Members
    {
        get
        {
            int index = 0;
            for (int group = 0; group < Groups.Length; group++)
            {
                for (int inGroup = 0; inGroup < Groups[group].Units.Length; inGroup++)
                {
                    bool isArbiter = Groups[group].Kind == GroupKind.Arbiter && inGroup == Groups[group].Units.Length - 1;
                    yield return new PoolMember(
                        Groups[group].Units[inGroup], index++, group, isArbiter ? UnitRole.Arbiter : UnitRole.Data);
                }
            }
        }
    }

    /// <summary>All units that run: <see cref="Members"/>, and the tie-breaker behind them.</summary>
    public IEnumerable<PoolMember> Units =>
        TieBreaker is null ? Members : Members.Append(new PoolMember(TieBreaker, Members.Count(), -1, UnitRole.TieBreaker));

    /// <summary>What kind of pool it is, as Kadalu calls it, such as <c>Distributed Mirror</c>.</summary>
    public string Type => Groups switch
    {
        [] => "Empty",
        [var only] => only.Kind.ToString(),
        [{ Kind: GroupKind.Distribute }, ..] => nameof(GroupKind.Distribute),
        [var first, ..] => $"Distributed {first.Kind}",
    };

    /// <summary>This pool with other units in the places of its own.</summary>
    /// <param name="change">Given a unit, what stands in its place.</param>
    public Pool SelectUnits(Func<PoolUnit, PoolUnit> change) => this with
    {
        Groups = [.. Groups.Select(group => group with { Units = [.. group.Units.Select(change)] })],
        TieBreaker = TieBreaker is null ? null : change(TieBreaker),
    };

    /// <inheritdoc/>
    public bool Equals(Pool? other) =>
        other is not null && Name == other.Name && Id == other.Id && Port == other.Port && Equals(TieBreaker, other.TieBreaker) &&
        Equals(Credentials, other.Credentials) && Equals(Layers, other.Layers) &&
        Revision == other.Revision && Groups.SequenceEqual(other.Groups) && Options.SequenceEqual(other.Options);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Id, Groups.Length);
}

/// <summary>Units that hold the same files.</summary>
/// <param name="Kind">How they hold them.</param>
/// <param name="Units">The units, in order; the last one of an arbiter group is the arbiter.</param>
public sealed record DistributeGroup(GroupKind Kind, ImmutableArray<PoolUnit> Units)
{
    /// <summary>How many units of a disperse group may be lost; 0 for other kinds.</summary>
    public int Redundancy { get; init; }

    /// <summary>Of a disperse group, how many of its units must be there for anything to be read.</summary>
    public int DataUnits => Units.Length - Redundancy;

    /// <summary>Its number, which no other group of the pool has, had or will have; null as long as it has none.</summary>
    public int? Number { get; init; }

    /// <inheritdoc/>
    public bool Equals(DistributeGroup? other) => other is not null &&
        Kind == other.Kind && Redundancy == other.Redundancy && Number == other.Number && Units.SequenceEqual(other.Units);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Redundancy, Units.Length);
}

/// <summary>How the units of a group hold its files.</summary>
public enum GroupKind
{
    /// <summary>One unit, which has them.</summary>
    Distribute,

    /// <summary>Each unit has them (cluster/replicate).</summary>
    Mirror,

    /// <summary>Two units have them, a third one their names and what changed, but no data.</summary>
    Arbiter,

    /// <summary>Each unit has a part, and some more parts are there than it takes (cluster/disperse).</summary>
    Disperse,
}

/// <summary>What a unit is for.</summary>
public enum UnitRole
{
    /// <summary>It holds data.</summary>
    Data,

    /// <summary>It holds names and metadata.</summary>
    Arbiter,

    /// <summary>It holds marks only (features/thin-arbiter).</summary>
    TieBreaker,
}

/// <summary>A machine.</summary>
/// <param name="Name">Its host name or address, which clients connect to; at most 64 characters.</param>
/// <param name="Id">Its id in whatever manages it; empty for none.</param>
public sealed record PoolNode(string Name, string Id = "");

/// <summary>A storage unit as a pool sees it: a directory on a machine, and the port where it is served.</summary>
/// <param name="Node">The machine.</param>
/// <param name="Path">The directory, absolute.</param>
/// <param name="Port">The TCP port; 0 as long as it has none.</param>
public sealed record PoolUnit(PoolNode Node, string Path, int Port = 0)
{
    /// <summary>Its number, which no other unit of the pool has, had or will have; null as long as it has none.</summary>
    public int? Number { get; init; }

    /// <summary>What names it to people: node and directory.</summary>
    public string Address => $"{Node.Name}:{Path}";

    /// <summary>
    /// Its key in a pool, as Kadalu names volfiles, logs and sockets: <c>POOL.NODE.PATH</c> with dashes for slashes.
    /// </summary>
    public string Key(string pool) => $"{pool}.{Node.Name}.{Path.Trim('/').Replace('/', '-')}";
}

/// <summary>A unit with its place in a pool.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Index">Its place in the pool, from 0.</param>
/// <param name="Group">Its group's place, from 0; -1 for a tie-breaker.</param>
/// <param name="Role">What it is for.</param>
public sealed record PoolMember(PoolUnit Unit, int Index, int Group, UnitRole Role)
{
    /// <summary>The number in the names of its layers: its own, or else its place.</summary>
    public int Number => Unit.Number ?? Index;
}

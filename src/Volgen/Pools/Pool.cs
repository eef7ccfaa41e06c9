using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Pools;

/// <summary>A storage pool: storage units in distribute groups, over which files are spread. Immutable.</summary>
/// <param name="Name">Its name, by which clients ask for its volfile. See <see cref="PoolRules"/> for what is allowed.</param>
/// <param name="Id">Its id; every unit's directory carries it (<c>trusted.glusterfs.volume-id</c>).</param>
public sealed record Pool(string Name, Guid Id)
{
    /// <summary>The groups, at least one. Each file is in one of them.</summary>
    public ImmutableArray<DistributeGroup> Groups { get; init; } = [];

    /// <summary>The tie-breaker of all groups of two mirrored units; null for none.</summary>
    public PoolUnit? TieBreaker { get; init; }

    /// <summary>TCP port for volfiles, the same on every node; 0 for none.</summary>
    public int Port { get; init; }

    /// <summary>Options that were set, by name.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The name of its layers on disks, and the numbers given so far; null before any was given (<see cref="PoolNumbers"/>).
    /// </summary>
    public PoolLayers? Layers { get; init; }

    /// <summary>The revision of the definition, from 1; 0 for one that was never saved.</summary>
    public int Revision { get; init; }

    /// <summary>The credentials of its own clients; null for none.</summary>
    public PoolCredentials? Credentials { get; init; }

    /// <summary>Whether it has redundancy, so that a unit can be healed.</summary>
    public bool CanHeal => Groups[0].Kind != GroupKind.Distribute;

    /// <summary>The units of all groups with their places, in order, without the tie-breaker.</summary>
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

    /// <summary>All units: <see cref="Members"/>, then the tie-breaker.</summary>
    public IEnumerable<PoolMember> Units =>
        TieBreaker is null ? Members : Members.Append(new PoolMember(TieBreaker, Members.Count(), -1, UnitRole.TieBreaker));

    /// <summary>Kadalu's name of its kind, such as <c>Distributed Mirror</c>.</summary>
    public string Type => Groups switch
    {
        [] => "Empty",
        [var only] => only.Kind.ToString(),
        [{ Kind: GroupKind.Distribute }, ..] => nameof(GroupKind.Distribute),
        [var first, ..] => $"Distributed {first.Kind}",
    };

    /// <summary>This pool with changed units.</summary>
    /// <param name="change">Makes the new unit of an old one.</param>
    public Pool SelectUnits(Func<PoolUnit, PoolUnit> change) => this with
    {
        Groups = [.. Groups.Select(group => group with { Units = [.. group.Units.Select(change)] })],
        TieBreaker = TieBreaker is null ? null : change(TieBreaker),
    };

    /// <summary>
    /// This pool with another name of one of its nodes. Options of single units go on with it; the names of processes, logs and sockets stay.
    /// </summary>
    /// <param name="id">The node's id.</param>
    /// <param name="name">The name that it gets.</param>
    public Pool RenameNode(string id, string name)
    {
        (string Before, string After)[] addresses =
        [
            .. Units.Select(member => member.Unit).Where(unit => unit.Node.Id == id).OrderByDescending(unit => unit.Path.Length)
                .Select(unit => (unit.Address + ".", $"{name}:{unit.Path}.")),
        ];
        string Rename(string option) =>
            addresses.FirstOrDefault(unit => option.StartsWith(unit.Before, StringComparison.Ordinal)) is { Before: { } old } unit
                ? unit.After + option[old.Length..] : option;
        return SelectUnits(unit => unit.Node.Id == id ? unit.OnRenamed(name) : unit) with
        {
            Options = Options.ToImmutableSortedDictionary(
                option => Rename(option.Key), option => option.Value, Options.KeyComparer),
        };
    }

    /// <inheritdoc/>
    public bool Equals(Pool? other) =>
        other is not null && Name == other.Name && Id == other.Id && Port == other.Port && Equals(TieBreaker, other.TieBreaker) &&
        Equals(Credentials, other.Credentials) && Equals(Layers, other.Layers) &&
        Revision == other.Revision && Groups.SequenceEqual(other.Groups) && Options.SequenceEqual(other.Options);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Id, Groups.Length);
}

/// <summary>A group of units that hold the same files.</summary>
/// <param name="Kind">The kind of the group.</param>
/// <param name="Units">The units, in order; the last one of an arbiter group is the arbiter.</param>
public sealed record DistributeGroup(GroupKind Kind, ImmutableArray<PoolUnit> Units)
{
    /// <summary>How many units of a disperse group may be lost; 0 for other kinds.</summary>
    public int Redundancy { get; init; }

    /// <summary>The number of units that must be connected for reading, in a disperse group.</summary>
    public int DataUnits => Units.Length - Redundancy;

    /// <summary>Its number, which is never given to another group; null before it has one.</summary>
    public int? Number { get; init; }

    /// <inheritdoc/>
    public bool Equals(DistributeGroup? other) => other is not null &&
        Kind == other.Kind && Redundancy == other.Redundancy && Number == other.Number && Units.SequenceEqual(other.Units);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Redundancy, Units.Length);
}

/// <summary>Kinds of groups.</summary>
public enum GroupKind
{
    /// <summary>A single unit.</summary>
    Distribute,

    /// <summary>Every unit has each file (cluster/replicate).</summary>
    Mirror,

    /// <summary>Two units have each file; the third has its name and marks only.</summary>
    Arbiter,

    /// <summary>Every unit has a fragment of each file, with redundant ones (cluster/disperse).</summary>
    Disperse,
}

/// <summary>Roles of units.</summary>
public enum UnitRole
{
    /// <summary>It holds files.</summary>
    Data,

    /// <summary>It holds names and metadata: an arbiter.</summary>
    Arbiter,

    /// <summary>It holds marks only (features/thin-arbiter).</summary>
    TieBreaker,
}

/// <summary>A node.</summary>
/// <param name="Name">Its host name or address, which clients connect to; at most 64 characters.</param>
/// <param name="Id">Its id; empty for none.</param>
public sealed record PoolNode(string Name, string Id = "");

/// <summary>A storage unit of a pool: a directory on a node, and the port on which it is served.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Path">The directory, absolute.</param>
/// <param name="Port">The TCP port; 0 before it has one.</param>
public sealed record PoolUnit(PoolNode Node, string Path, int Port = 0)
{
    /// <summary>Its number, which is never given to another unit; null before it has one.</summary>
    public int? Number { get; init; }

    /// <summary>What its node is called in its key, where the node has got another name since; null otherwise.</summary>
    public string? KeyNode { get; init; }

    /// <summary><c>NODE:PATH</c>.</summary>
    public string Address => $"{Node.Name}:{Path}";

    /// <summary>
    /// Its key in a pool, as Kadalu names volfiles, logs and sockets: <c>POOL.NODE.PATH</c> with dashes for slashes. It stays when the node is
    /// renamed: its process goes on.
    /// </summary>
    public string Key(string pool) => $"{pool}.{KeyNode ?? Node.Name}.{Path.Trim('/').Replace('/', '-')}";

    /// <summary>The same unit, whose node has another name.</summary>
    internal PoolUnit OnRenamed(string name) => this with
    {
        Node = Node with { Name = name },
        KeyNode = (KeyNode ?? Node.Name) is var first && first == name ? null : first,
    };
}

/// <summary>A unit with its place in a pool.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Index">Its place in the pool, from 0.</param>
/// <param name="Group">Its group's place, from 0; -1 for a tie-breaker.</param>
/// <param name="Role">Its role.</param>
public sealed record PoolMember(PoolUnit Unit, int Index, int Group, UnitRole Role)
{
    /// <summary>The number in the names of its layers: its own, or its place if it has none.</summary>
    public int Number => Unit.Number ?? Index;
}

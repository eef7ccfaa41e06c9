using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Pools;

/// <summary>Rules for pool definitions. They need no machine.</summary>
public static class PoolRules
{
    /// <summary>
    /// Longest name of a pool, in characters: it is a part of the names of files, sockets and extended attributes.
    /// </summary>
    public const int MaxName = 64;

    private const int MaxCredential = 128;

    /// <summary>Longest name of a host, in characters (HOST_NAME_MAX of Linux).</summary>
    public const int MaxHostName = 64;

    /// <summary>
    /// Longest path of a unit's directory, in characters: <c>POOL.NODE.PATH</c> with an ending is the name of a file.
    /// </summary>
    public const int MaxPath = 110;

    /// <summary>Most units in a pool.</summary>
    public const int MaxUnits = 4096;

    /// <summary>
    /// Longest key of a unit, in bytes of UTF-8: with an extension, and the suffix of a temporary file, it is a file name of at
    /// most 255 bytes.
    /// </summary>
    public const int MaxKey = 200;

    // xlators/cluster/ec/src/ec.h and ec-types.h.
    private const int MaxDisperse = 31;
    private const int MaxDisperseData = 16;

    /// <summary>Checks a pool.</summary>
    /// <param name="mayShareNodes">Whether a node may have several units of a group, which are then lost together.</param>
    /// <returns>All problems; may be empty.</returns>
    public static ImmutableArray<string> Check(Pool pool, bool mayShareNodes = false) =>
        [.. CheckName(pool), .. CheckLayers(pool), .. CheckGroups(pool), .. CheckTieBreaker(pool),
            .. UnitRules.Check(pool, mayShareNodes)];

    /// <summary>Throws if a pool is invalid.</summary>
    /// <param name="mayShareNodes">See <see cref="Check"/>.</param>
    /// <exception cref="PoolException">Something is wrong with it.</exception>
    public static void Require(Pool pool, bool mayShareNodes = false)
    {
        ImmutableArray<string> problems = Check(pool, mayShareNodes);
        if (!problems.IsEmpty)
        {
            throw new PoolException(problems);
        }
    }

    /// <summary>
    /// Whether a text can be a host's name or address: one that GlusterFS's clients take for one, too.
    /// </summary>
    public static bool IsHost(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxHostName && GlusterAddress.IsHost(text);
    }

    /// <summary>Checks the name of a pool.</summary>
    /// <returns>The problem; null for a valid name.</returns>
    public static string? FindNameProblem(string name) => CheckName("the pool's name", name).FirstOrDefault();

    private static IEnumerable<string> CheckName(Pool pool)
    {
        foreach (string problem in CheckName("the pool's name", pool.Name))
        {
            yield return problem;
        }

        IEnumerable<PoolUnit> tooLong = pool.Units.Select(member => member.Unit)
            .Where(unit => System.Text.Encoding.UTF8.GetByteCount(unit.Key(pool.Name)) > MaxKey);
        foreach (PoolUnit unit in tooLong)
        {
            yield return $"the names of the pool, the node and the path of {unit.Address} are longer than {MaxKey} bytes " +
                "together";
        }

        if (pool.Id == Guid.Empty)
        {
            yield return "the pool has no id";
        }

        // They become part of an option's name, and a value, in volfiles.
        if (pool.Credentials is { } credentials && !(IsPlain(credentials.UserName) && IsPlain(credentials.Password)))
        {
            yield return $"auth: username and password are 1 to {MaxCredential} letters, digits and - each";
        }
    }

    private static IEnumerable<string> CheckName(string what, string name)
    {
        if (name.Length is 0 or > MaxName || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(IsNameCharacter))
        {
            yield return $"{what} \"{Excerpt.Of(name)}\" is not of 1 to {MaxName} letters, digits, - and _, beginning with a " +
                "letter or digit";
        }

        // glfsheal takes names with the first text for tie-breakers; features/index takes the second for its own mark.
        else if (
            $"{name}-client".Contains("-ta-", StringComparison.Ordinal) || name.StartsWith("dirty", StringComparison.Ordinal))
        {
            yield return $"{what} \"{name}\" has \"-ta-\" in it, or begins with \"dirty\", which mean something in GlusterFS";
        }
    }

    private static IEnumerable<string> CheckLayers(Pool pool) =>
        [.. pool.Layers is { } layers ? CheckName("the name of the pool's layers", layers.Name) : [], .. PoolNumbers.Check(pool)];

    private static bool IsPlain(string text) => text.Length is > 0 and
        <= MaxCredential && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');

    private static IEnumerable<string> CheckGroups(Pool pool)
    {
        if (pool.Groups.IsEmpty)
        {
            yield return "the pool has no storage unit";
            yield break;
        }

        if (pool.Groups.Sum(group => group.Units.Length) > MaxUnits)
        {
            yield return $"the pool has more than {MaxUnits} storage units";
        }

        DistributeGroup first = pool.Groups[0];
        for (int index = 0; index < pool.Groups.Length; index++)
        {
            DistributeGroup group = pool.Groups[index];
            if (group.Kind != first.Kind)
            {
                yield return $"group {index + 1} is a {group.Kind} group, the first one is {first.Kind}: all groups of a pool " +
                    "are of one kind";
            }
            else if (group.Units.Length != first.Units.Length || group.Redundancy != first.Redundancy)
            {
                yield return $"group {index + 1} has {Size(group)}, the first one {Size(first)}: all groups of a pool are alike";
            }
        }

        if (SizeProblem(first) is { } problem)
        {
            yield return problem;
        }
    }

    private static string? SizeProblem(DistributeGroup group) => group.Kind switch
    {
        not GroupKind.Disperse when group.Redundancy != 0 =>
            $"a {group.Kind} group has a redundancy of {group.Redundancy}, which is for disperse groups",
        GroupKind.Distribute when group.Units.Length != 1 => $"a distribute group has one storage unit, not {group.Units.Length}",
        GroupKind.Mirror when group.Units.Length is not (2 or 3) =>
            $"a mirror has 2 or 3 storage units, not {group.Units.Length}",
        GroupKind.Arbiter when group.Units.Length != 3 =>
            $"an arbiter stands beside two storage units with data; here are {group.Units.Length - 1}",
        GroupKind.Disperse when group.Redundancy < 1 =>
            "a disperse group has no redundancy: say how many of its units may be lost",
        GroupKind.Disperse when group.Units.Length > MaxDisperse || group.DataUnits > MaxDisperseData =>
            $"a disperse group has at most {MaxDisperse} storage units, {MaxDisperseData} of them for data, not " +
            $"{group.Units.Length} and {group.DataUnits}",
        GroupKind.Disperse when group.Redundancy >= group.DataUnits =>
            $"the redundancy of a disperse group must be less than half of its {group.Units.Length} units, not " +
            $"{group.Redundancy}",
        _ => null,
    };

    private static string Size(DistributeGroup group) =>
        group.Redundancy == 0 ? $"{group.Units.Length} units" : $"{group.Units.Length} units with redundancy {group.Redundancy}";

    private static IEnumerable<string> CheckTieBreaker(Pool pool)
    {
        if (pool.TieBreaker is not null && pool.Groups.Any(group => group.Kind != GroupKind.Mirror || group.Units.Length != 2))
        {
            yield return "a tie-breaker is for mirrors of two storage units";
        }
    }

    /// <summary>Whether a character may be in a name.</summary>
    internal static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}

using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Options;

/// <summary>The name of an option of one unit alone: <c>NODE:PATH.OPTION</c>, or <c>PATH.OPTION</c>.</summary>
/// <param name="IsMeant">Whether a unit is the one.</param>
/// <param name="Key">The option.</param>
internal readonly record struct UnitOptionName(Func<PoolUnit, bool> IsMeant, string Key)
{
    /// <summary>Splits a name. Directories and names of options may contain dots: the longest directory counts.</summary>
    /// <returns>Null where the name begins with no unit of the pool.</returns>
    internal static UnitOptionName? Split(Pool pool, string name)
    {
        foreach (PoolUnit unit in pool.Units.Select(member => member.Unit).OrderByDescending(unit => unit.Path.Length))
        {
            if (After(unit.Path, name) is { } ofPath)
            {
                return new UnitOptionName(other => other.Path == unit.Path, ofPath);
            }

            // As it is shown, and as it was given where the node is an IPv6 address.
            string given = $"{GlusterAddress.BeforePort(unit.Node.Name)}:{unit.Path}";
            if ((After(unit.Address, name) ?? After(given, name)) is { } ofUnit)
            {
                return new UnitOptionName(other => other.Address == unit.Address, ofUnit);
            }
        }

        return null;
    }

    private static string? After(string unit, string name) =>
        name.StartsWith(unit + ".", StringComparison.Ordinal) && name.Length > unit.Length + 1 ? name[(unit.Length + 1)..] : null;

    /// <summary>The one spelling of a name: with the node, where only one unit is meant.</summary>
    internal static string Canonical(Pool pool, string name) =>
        Split(pool, name) is { } own && pool.Units.Select(member => member.Unit).Where(own.IsMeant).ToArray() is [var unit]
            ? $"{unit.Address}.{own.Key}" : name;
}

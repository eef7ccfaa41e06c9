using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// Builds the volfile of a graph document for a pool. Conditions (kadalu-graphs(5) has their meanings): <c>distribute</c>,
/// <c>mirror</c>, <c>arbiter</c>, <c>disperse</c>, <c>several-groups</c>, <c>lone-unit</c>, <c>distribute-layer</c>,
/// <c>tie-breaker</c>, <c>credentials</c>; of a unit <c>data-unit</c>, <c>arbiter-unit</c>, <c>tie-breaker-unit</c>,
/// <c>node-id</c>. Placeholders: <c>{pool}</c>, <c>{layers}</c>, <c>{pool-id}</c>, <c>{tie-breaker}</c>, <c>{username}</c>,
/// <c>{password}</c>; of a unit <c>{unit}</c>, <c>{node}</c>, <c>{node-id}</c>, <c>{host}</c>, <c>{port}</c>, <c>{path}</c>; of a
/// group <c>{group}</c>, <c>{units}</c>, <c>{redundancy}</c>.
/// </summary>
public static partial class GraphBuilder
{
    /// <summary>Builds a graph.</summary>
    /// <param name="document">The kind of graph.</param>
    /// <returns>The volfile, with blank lines between volumes.</returns>
    /// <exception cref="GraphDocumentException">The document has an unknown placeholder, or makes no graph for this
    /// pool.</exception>
    public static Volfile Build(GraphDocument document, GraphSubject subject)
    {
        var build = new Construction(document, subject);
        foreach (GraphLayer layer in document.Layers.Where(layer => layer.Setting is not null || IsOn(layer, subject.Pool)))
        {
            build.Add(layer);
        }

        return build.ToVolfile();
    }

    private static bool IsOn(GraphLayer layer, Pool pool) =>
        layer.Switch is { } name && pool.Options.TryGetValue(name, out string? value)
            ? GlusterBoolean.IsTrue(value)
            : !layer.IsOff;

    [GeneratedRegex(@"\{([a-z-]+)\}")]
    private static partial Regex Place();

    private sealed class Construction
    {
        private readonly GraphDocument _document;
        private readonly GraphSubject _subject;
        private readonly ImmutableHashSet<string> _facts;
        private readonly ImmutableDictionary<string, string> _values;
        private readonly List<Volume> _volumes = [];

        // The lowest volume of each unit.
        private readonly Dictionary<int, string> _lowest = [];

        // The topmost volume so far of each unit, of the tie-breaker, of each group, of the pool.
        private readonly Dictionary<int, string> _units = [];
        private readonly Dictionary<int, string> _groups = [];
        private string? _tieBreaker;
        private string? _pool;

        internal Construction(GraphDocument document, GraphSubject subject)
        {
            _document = document;
            _subject = subject;
            Pool pool = subject.Pool;
            _facts = subject.Facts.Union(FactsOf(pool));
            _values = ImmutableDictionary<string, string>.Empty.Add("pool", pool.Name)
                .Add("layers", pool.Layers?.Name ?? pool.Name).Add("pool-id", pool.Id.ToString());
            if (pool.Credentials is { } credentials)
            {
                _values = _values.Add("username", credentials.UserName).Add("password", credentials.Password);
            }

            if (pool.TieBreaker is { } breaker)
            {
                _values = _values.Add("tie-breaker", $"{HostOf(breaker.Node)}:{breaker.Path}");
            }
        }

        private IEnumerable<PoolMember> Members => _subject.Unit is { } unit ? [unit] : _subject.Pool.Members;

        internal void Add(GraphLayer layer)
        {
            switch (layer.Scope)
            {
                case GraphScope.Unit:
                    foreach (PoolMember member in Members)
                    {
                        Add(layer, FactsOf(member), ValuesOf(member),
                            _units.TryGetValue(member.Number, out string? below) ? [below] : [], top =>
                        {
                            _units[member.Number] = top;
                            _lowest.TryAdd(member.Number, top);
                        });
                    }

                    break;
                case GraphScope.TieBreaker when _subject.Unit is null && _subject.Pool.TieBreaker is not null:
                    PoolMember breaker = _subject.Pool.Units.Last();
                    Add(layer, FactsOf(breaker), ValuesOf(breaker), _tieBreaker is null ? [] : [_tieBreaker], top =>
                        _tieBreaker = top);
                    break;
                case GraphScope.Group when _subject.Unit is null:
                    for (int group = 0; group < _subject.Pool.Groups.Length; group++)
                    {
                        int number = group;
                        ImmutableArray<string> below = TopsOf(group);
                        Add(layer, _facts, ValuesOf(group), below, top => _groups[number] = top);
                    }

                    break;
                case GraphScope.Pool:
                    Add(layer, _facts, _values, Tops(), top => _pool = top);
                    break;
            }
        }

        internal Volfile ToVolfile()
        {
            if (_volumes.Count == 0)
            {
                throw new GraphDocumentException(_document.Name, $"no layer of it is for the pool {_subject.Pool.Name}");
            }

            if (_volumes.GroupBy(volume => volume.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                throw new GraphDocumentException(_document.Name, $"{twice.Count()} volumes would be called {twice.Key}");
            }

            string[] tops = [.. _volumes.Select(volume => volume.Name).Except(_volumes.SelectMany(volume => volume.Subvolumes))];
            return tops.Length == 1
                ? new Volfile([.. _volumes.Select((volume, index) => volume with { Preamble = index == 0 ? "" : "\n\n" })], "\n")
                : throw new GraphDocumentException(_document.Name, $"{string.Join(" and ", tops)} would have nothing above them");
        }

        private ImmutableArray<string> Tops() => _pool is not null ? [_pool]
            : _subject.Unit is { } unit ? [.. _units.Where(top => top.Key == unit.Number).Select(top => top.Value)]
            : [.. Enumerable.Range(0, _subject.Pool.Groups.Length).SelectMany(group => TopsOf(group))];

        private ImmutableArray<string> TopsOf(int group)
        {
            if (_groups.TryGetValue(group, out string? top))
            {
                return [top];
            }

            IEnumerable<string> units = _subject.Pool.Members.Where(
                member => member.Group == group && _units.ContainsKey(member.Number)).Select(member => _units[member.Number]);
            return [.. _tieBreaker is null ? units : units.Append(_tieBreaker)];
        }

        private void Add(
            GraphLayer layer, IReadOnlySet<string> facts, ImmutableDictionary<string, string> values,
            ImmutableArray<string> below, Action<string> setTop)
        {
            if (!layer.When.Holds(facts))
            {
                return;
            }

            string name = Fill(layer.Name, layer, values);
            _volumes.Add(new Volume(name, layer.Type)
            {
                Options =
                    [.. layer.Options.Where(option => option.When.Holds(facts))
                        .Select(option => new VolfileOption(Fill(option.Key, layer, values), Fill(option.Value, layer, values))),
                        .. SettingOf(layer)],
                Subvolumes = below,
            });
            setTop(name);
        }

        private IEnumerable<VolfileOption> SettingOf(GraphLayer layer) =>
            layer.Setting is { } setting
                ? [new VolfileOption(setting.Key, IsOn(layer, _subject.Pool) != setting.IsOpposite ? "on" : "off")]
                : [];

        private string Fill(string text, GraphLayer layer, ImmutableDictionary<string, string> values) =>
            Place().Replace(text, match =>
            values.TryGetValue(match.Groups[1].Value, out string? value)
                ? value
                : throw new GraphDocumentException(
                    $"{_document.Name}: {layer.Name}", $"{match.Value} means nothing for a layer of each {layer.Scope}"));

        private static IEnumerable<string> FactsOf(Pool pool)
        {
            GroupKind kind = pool.Groups[0].Kind;
            yield return kind.ToString().ToLowerInvariant();
            if (pool.Groups.Length > 1)
            {
                yield return "several-groups";
            }
            else if (kind == GroupKind.Distribute)
            {
                yield return "lone-unit";
            }

            if (pool.Layers is { HasDistribute: true })
            {
                yield return "distribute-layer";
            }

            if (pool.TieBreaker is not null)
            {
                yield return "tie-breaker";
            }

            if (pool.Credentials is not null)
            {
                yield return "credentials";
            }
        }

        private ImmutableHashSet<string> FactsOf(PoolMember member)
        {
            ImmutableHashSet<string> facts = _facts.Add(member.Role switch
            {
                UnitRole.Arbiter => "arbiter-unit",
                UnitRole.TieBreaker => "tie-breaker-unit",
                _ => "data-unit",
            });
            return member.Unit.Node.Id.Length > 0 ? facts.Add("node-id") : facts;
        }

        private ImmutableDictionary<string, string> ValuesOf(PoolMember member) => _values.SetItems(new Dictionary<string, string>
        {
            ["unit"] = Text(member.Number),
            ["node"] = member.Unit.Node.Name,
            ["node-id"] = member.Unit.Node.Id,
            ["host"] = HostOf(member.Unit.Node),
            ["port"] = Text(member.Unit.Port),
            ["path"] = member.Unit.Path,
        });

        private ImmutableDictionary<string, string> ValuesOf(int group) => _values.SetItems(new Dictionary<string, string>
        {
            ["group"] = Text(_subject.Pool.Groups[group].Number ?? group),
            ["units"] =
                string.Join(
                    ',',
                    _subject.Pool.Members.Where(member => member.Group == group && _lowest.ContainsKey(member.Number))
                    .Select(member => _lowest[member.Number])),
            ["redundancy"] = Text(_subject.Pool.Groups[group].Redundancy),
        });

        private string HostOf(PoolNode node) => _subject.Hosts.GetValueOrDefault(node.Name, node.Name);

        private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}

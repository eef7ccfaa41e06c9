using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Volgen.Json;

namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// Pools as JSON, in the form of Kadalu's volgen: <c>name, id, distribute_groups[{type, replica_count, arbiter_count,
/// redundancy_count, storage_units[{path, port, node{name, id}}]}], tiebreaker{node, path, port}, options, auth{username,
/// password}</c>; and what is ours: <c>revision</c>, <c>number</c> of units and groups, <c>key_node</c> of units,
/// <c>layers{name, distribute, next_unit, next_group}</c>. What it does not know it leaves alone.
/// </summary>
public static class PoolDocument
{
    /// <summary>Longest document read, in bytes.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>Reads a pool. Whether it is a good one is for <see cref="PoolRules"/> to say.</summary>
    /// <param name="json">The document, UTF-8, which editors of other systems begin with a byte order mark.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="PoolException">It is not of that form; says where.</exception>
    public static Pool Read(ReadOnlySpan<byte> json) => FromForm(Read(json, PoolFormJson.Default.PoolForm));

    /// <summary>Reads a pool that is a part of another document.</summary>
    /// <param name="json">The pool's document.</param>
    /// <exception cref="PoolException">It is not of that form; says where.</exception>
    public static Pool Read(JsonElement json) => Read(Encoding.UTF8.GetBytes(json.GetRawText()));

    /// <summary>Reads members of a document that are others' than the pool's own.</summary>
    /// <typeparam name="T">What has them.</typeparam>
    /// <param name="json">The document, as above.</param>
    /// <param name="type">How it is read; comments and commas behind the last member are to be no mistakes.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="PoolException">It is not of that form; says where.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        if (json.Length > MaxLength)
        {
            throw new PoolException($"the definition is longer than {MaxLength} bytes");
        }

        try
        {
            ReadOnlySpan<byte> text = json.StartsWith("\uFEFF"u8) ? json["\uFEFF"u8.Length..] : json;
            return JsonSerializer.Deserialize(text, type) ?? throw new PoolException("the definition is not an object");
        }
        catch (JsonException exception)
        {
            throw new PoolException(
                JsonFault.Explain(exception, "the definition", "distribute_groups", "storage_units", "made_directories"));
        }
    }

    /// <summary>Writes a pool that becomes a part of another document.</summary>
    public static JsonElement WriteElement(Pool pool)
    {
        using var document = JsonDocument.Parse(Write(pool));
        return document.RootElement.Clone();
    }

    /// <summary>Writes a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="more">Members of others, behind the pool's own; null for none.</param>
    /// <returns>The document, UTF-8, with a line end behind it.</returns>
    public static byte[] Write(Pool pool, JsonObject? more = null)
    {
        JsonObject document = JsonSerializer.SerializeToNode(ToForm(pool), PoolFormJson.Default.PoolForm)!.AsObject();
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach ((string name, JsonNode? value) in document.Concat(more ?? []))
            {
                writer.WritePropertyName(name);
                if (value is null)
                {
                    writer.WriteNullValue();
                }
                else
                {
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static Pool FromForm(PoolForm form) =>
        new(form.Name ?? "",
            Guid.TryParse(form.Id, out Guid id) ? id : throw new PoolException($"id: \"{form.Id}\" is not a UUID"))
        {
            Port = form.Port ?? 0,
            Groups = [.. (form.DistributeGroups ?? []).Select((group, index) => FromForm(group, $"distribute_groups[{index}]"))],

            // Kadalu writes an empty one where there is none.
            TieBreaker = form.Tiebreaker is { Path: not (null or "") } breaker ? FromForm(breaker, "tiebreaker") : null,
            Options = (form.Options ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal),
            Credentials = form.Auth is { } auth ? new PoolCredentials(auth.Username ?? "", auth.Password ?? "") : null,
            Revision = form.Revision ?? 0,
            Layers = form.Layers is { } layers
                ? new PoolLayers(layers.Name ?? "", layers.Distribute ?? false, layers.NextUnit ?? 0, layers.NextGroup ?? 0)
                : null,
        };

    private static DistributeGroup FromForm(GroupForm? form, string where)
    {
        GroupForm group = form ?? throw new PoolException($"{where} is not an object");
        UnitForm?[] units = group.StorageUnits ?? [];
        RequireCount("replica_count", group.ReplicaCount, units.Length, group, where);
        RequireCount("disperse_count", group.DisperseCount, units.Length, group, where);
        return new DistributeGroup(
            KindOf(group, where), [.. units.Select((unit, index) => FromForm(unit, $"{where}.storage_units[{index}]"))])
        {
            Redundancy = group.RedundancyCount ?? 0,
            Number = group.Number,
        };
    }

    // A document that lost a unit on its way is not to become a smaller pool. GlusterFS counts an arbiter among the replicas,
    // Kadalu beside them.
    private static void RequireCount(string name, int? count, int units, GroupForm group, string where)
    {
        if (count > 1 && units > 0 && units != count && units != count + (group.ArbiterCount ?? 0))
        {
            throw new PoolException($"{where}: {name} is {count}, and it has {units} storage units");
        }
    }

    private static GroupKind KindOf(GroupForm group, string where)
    {
        bool hasArbiter = group.ArbiterCount > 0;
        return group.Type?.ToUpperInvariant() switch
        {
            "MIRROR" or "REPLICATE" or "REPLICA" => hasArbiter ? GroupKind.Arbiter : GroupKind.Mirror,
            "ARBITER" => GroupKind.Arbiter,
            "DISPERSE" => GroupKind.Disperse,
            "DISTRIBUTE" => GroupKind.Distribute,
            "" => throw new PoolException($"{where}.type is there and says nothing"),
            null when hasArbiter => GroupKind.Arbiter,
            null when group.RedundancyCount > 0 || group.DisperseCount > 0 => GroupKind.Disperse,
            null when group.ReplicaCount > 1 => GroupKind.Mirror,
            null => GroupKind.Distribute,
            _ => throw new PoolException(
                $"{where}.type: \"{group.Type}\" is none of Distribute, Mirror, Replicate, Arbiter, Disperse"),
        };
    }

    private static PoolUnit FromForm(UnitForm? form, string where)
    {
        UnitForm unit = form ?? throw new PoolException($"{where} is not an object");
        NodeForm node = unit.Node ?? throw new PoolException($"{where}: no node");
        return new PoolUnit(new PoolNode(node.Name ?? "", node.Id ?? ""), unit.Path ?? "", unit.Port ?? 0)
        {
            Number = unit.Number,
            KeyNode = unit.KeyNode,
        };
    }

    private static PoolForm ToForm(Pool pool) => new()
    {
        Name = pool.Name,
        Id = pool.Id.ToString(),
        Port = pool.Port,
        Revision = pool.Revision > 0 ? pool.Revision : null,
        Layers = pool.Layers is not { } layers ? null : new LayersForm
        {
            Name = layers.Name,
            Distribute = layers.HasDistribute,
            NextUnit = layers.NextUnit,
            NextGroup = layers.NextGroup,
        },
        DistributeGroups = [.. pool.Groups.Select(ToForm)],
        Tiebreaker = pool.TieBreaker is { } breaker ? ToForm(breaker) : null,
        Options = new SortedDictionary<string, string>(pool.Options, StringComparer.Ordinal),
        Auth = pool.Credentials is not { } credentials ? null : new CredentialsForm
        {
            Username = credentials.UserName,
            Password = credentials.Password,
        },
    };

    private static GroupForm ToForm(DistributeGroup group)
    {
        var form = new GroupForm
        {
            Number = group.Number,
            Type = group.Kind.ToString(),
            StorageUnits = [.. group.Units.Select(ToForm)],
        };
        return group.Kind switch
        {
            GroupKind.Mirror => form with { ReplicaCount = group.Units.Length, ArbiterCount = 0 },
            GroupKind.Arbiter => form with { ReplicaCount = group.Units.Length, ArbiterCount = 1 },
            GroupKind.Disperse => form with { DisperseCount = group.Units.Length, RedundancyCount = group.Redundancy },
            _ => form,
        };
    }

    private static UnitForm ToForm(PoolUnit unit) => new()
    {
        Number = unit.Number,
        Path = unit.Path,
        Port = unit.Port,
        Node = new NodeForm { Name = unit.Node.Name, Id = unit.Node.Id },
        KeyNode = unit.KeyNode,
    };
}

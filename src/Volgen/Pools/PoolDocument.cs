using System.Collections.Immutable;
using System.Text.Json;

namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// Pools as JSON, in the form of Kadalu's volgen: <c>name, id, distribute_groups[{type, replica_count, arbiter_count,
/// redundancy_count, storage_units[{path, port, node{name, id}}]}], tiebreaker{node, path, port}, options, auth{username,
/// password}</c>; and what is ours: <c>revision</c>, <c>number</c> of units and groups, <c>layers{name, distribute, next_unit,
/// next_group}</c>. What it does not know it leaves alone.
/// </summary>
public static class PoolDocument
{
    /// <summary>Longest document read, in bytes.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>How documents are read: comments and commas behind the last member are no mistakes.</summary>
    private static readonly JsonDocumentOptions s_reading =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Reads a pool. Whether it is a good one is for <see cref="PoolRules"/> to say.</summary>
    /// <param name="json">The document, UTF-8, which editors of other systems begin with a byte order mark.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="PoolException">It is not of that form; says where.</exception>
    public static Pool Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxLength)
        {
            throw new PoolException($"the definition is longer than {MaxLength} bytes");
        }

        try
        {
            using JsonDocument document = Parse(json);
            return ReadPool(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new PoolException($"line {exception.LineNumber + 1}: not JSON");
        }
        catch (InvalidOperationException exception)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
            throw new PoolException($"a text is none: {exception.Message}");
        }
    }

    /// <summary>Writes a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="writeMore">Writes members of others behind the pool's own; null for none.</param>
    /// <returns>The document, UTF-8, with a line end behind it.</returns>
    public static byte[] Write(Pool pool, Action<Utf8JsonWriter>? writeMore = null) => PoolDocumentWriter.Write(pool, writeMore);

    /// <summary>Reads the JSON of a definition.</summary>
    /// <param name="json">The document, as above.</param>
    /// <returns>It, the caller's to dispose.</returns>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) =>
        JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json["\uFEFF"u8.Length..] : json, s_reading);

    private static Pool ReadPool(JsonElement root)
    {
        Require(root, JsonValueKind.Object, "the definition");
        string id = Text(root, "id");
        return new Pool(
            Text(root, "name"), Guid.TryParse(id, out Guid guid) ? guid : throw new PoolException($"id: \"{id}\" is not a UUID"))
        {
            Port = Number(root, "port"),
            Groups = [
                .. Elements(root, "distribute_groups").Select((group, index) => ReadGroup(group, $"distribute_groups[{index}]"))],
            TieBreaker = Property(root, "tiebreaker") is { } breaker && HasPath(breaker) ? ReadUnit(breaker, "tiebreaker") : null,
            Options = ReadOptions(root),
            Credentials = ReadCredentials(root),
            Revision = Number(root, "revision"),
            Layers = ReadLayers(root),
        };
    }

    private static PoolLayers? ReadLayers(JsonElement root)
    {
        if (Property(root, "layers") is not { } layers)
        {
            return null;
        }

        Require(layers, JsonValueKind.Object, "layers");
        return new PoolLayers(Text(layers, "name", "layers"), Property(layers, "distribute") switch
        {
            null or { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.True } => true,
            _ => throw new PoolException("layers.distribute is neither true nor false"),
        }, Number(layers, "next_unit", "layers"), Number(layers, "next_group", "layers"));
    }

    private static PoolCredentials? ReadCredentials(JsonElement root)
    {
        if (Property(root, "auth") is not { } auth)
        {
            return null;
        }

        Require(auth, JsonValueKind.Object, "auth");
        return new PoolCredentials(Text(auth, "username", "auth"), Text(auth, "password", "auth"));
    }

    // Kadalu writes an empty one where there is none.
    private static bool HasPath(JsonElement breaker) =>
        breaker.ValueKind != JsonValueKind.Object || Text(breaker, "path").Length > 0;

    private static DistributeGroup ReadGroup(JsonElement group, string where)
    {
        Require(group, JsonValueKind.Object, where);
        int redundancy = Number(group, "redundancy_count", where);
        RequireCounts(group, where);
        return new DistributeGroup(
            KindOf(group, where, redundancy),
            [.. Elements(group, "storage_units", where)
                .Select((unit, index) => ReadUnit(unit, $"{where}.storage_units[{index}]"))])
        {
            Redundancy = redundancy,
            Number = NumberOrNone(group, where),
        };
    }

    // A document that lost a unit on its way is not to become a smaller pool. GlusterFS counts an arbiter among the replicas,
    // Kadalu beside them.
    private static void RequireCounts(JsonElement group, string where)
    {
        int units = Elements(group, "storage_units", where).Count();
        int arbiters = Number(group, "arbiter_count", where);
        foreach (string name in new[] { "replica_count", "disperse_count" })
        {
            if (Number(group, name, where) is > 1 and int count && units > 0 && units != count && units != count + arbiters)
            {
                throw new PoolException($"{where}: {name} is {count}, and it has {units} storage units");
            }
        }
    }

    // Kadalu's samples leave the type out where the counts tell.
    private static GroupKind KindOf(JsonElement group, string where, int redundancy)
    {
        bool hasArbiter = Number(group, "arbiter_count", where) > 0;
        string type = Text(group, "type", where);
        if (type.Length == 0 && group.TryGetProperty("type", out _))
        {
            throw new PoolException($"{where}.type is there and says nothing");
        }

        return type.ToUpperInvariant() switch
        {
            "MIRROR" or "REPLICATE" or "REPLICA" => hasArbiter ? GroupKind.Arbiter : GroupKind.Mirror,
            "ARBITER" => GroupKind.Arbiter,
            "DISPERSE" => GroupKind.Disperse,
            "DISTRIBUTE" => GroupKind.Distribute,
            "" when hasArbiter => GroupKind.Arbiter,
            "" when redundancy > 0 || Number(group, "disperse_count", where) > 0 => GroupKind.Disperse,
            "" when Number(group, "replica_count", where) > 1 => GroupKind.Mirror,
            "" => GroupKind.Distribute,
            _ => throw new PoolException($"{where}.type: \"{type}\" is none of Distribute, Mirror, Replicate, Arbiter, Disperse"),
        };
    }

    private static PoolUnit ReadUnit(JsonElement unit, string where)
    {
        Require(unit, JsonValueKind.Object, where);
        JsonElement node = Property(unit, "node") ?? throw new PoolException($"{where}: no node");
        return new PoolUnit(
            node.ValueKind == JsonValueKind.Object ? new PoolNode(
                Text(node, "name", where + ".node"), Text(node, "id", where + ".node")) : new PoolNode(Text(unit, "node", where)),
            Text(unit, "path", where), Number(unit, "port", where))
        {
            Number = NumberOrNone(unit, where),
        };
    }

    private static int? NumberOrNone(JsonElement element, string where) =>
        Property(element, "number") is null ? null : Number(element, "number", where);

    private static ImmutableSortedDictionary<string, string> ReadOptions(JsonElement root)
    {
        if (Property(root, "options") is not { } options)
        {
            return ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        }

        Require(options, JsonValueKind.Object, "options");
        return options.EnumerateObject().ToImmutableSortedDictionary(
            option => option.Name, option => Text(options, option.Name, "options"), StringComparer.Ordinal);
    }

    private static JsonElement.ArrayEnumerator Elements(JsonElement parent, string name, string where = "")
    {
        if (Property(parent, name) is not { } array)
        {
            return default;
        }

        Require(array, JsonValueKind.Array, Join(where, name));
        return array.EnumerateArray();
    }

    private static string Text(JsonElement parent, string name, string where = "") => Property(parent, name) switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => throw new PoolException($"{Join(where, name)} is not a text"),
    };

    private static int Number(JsonElement parent, string name, string where = "") => Property(parent, name) switch
    {
        null => 0,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int value) && value >= 0 => value,
        _ => throw new PoolException($"{Join(where, name)} is not a whole number"),
    };

    private static JsonElement? Property(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static void Require(JsonElement element, JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind)
        {
            throw new PoolException($"{what} is not {(kind == JsonValueKind.Object ? "an object" : "an array")}");
        }
    }

    private static string Join(string where, string name) => where.Length == 0 ? name : $"{where}.{name}";
}

using System.Text.Json;

namespace KadaluFsd.Volgen.Pools;

/// <summary>Writes pools as JSON, see <see cref="PoolDocument"/>.</summary>
internal static class PoolDocumentWriter
{
    /// <summary>Writes a pool.</summary>
    /// <param name="writeMore">Writes further members after the pool's own; null for none.</param>
    /// <returns>The document, UTF-8, with a line end.</returns>
    internal static byte[] Write(Pool pool, Action<Utf8JsonWriter>? writeMore = null)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("name", pool.Name);
            json.WriteString("id", pool.Id);
            json.WriteNumber("port", pool.Port);
            if (pool.Revision > 0)
            {
                json.WriteNumber("revision", pool.Revision);
            }

            WriteLayers(json, pool.Layers);
            json.WriteStartArray("distribute_groups");
            foreach (DistributeGroup group in pool.Groups)
            {
                WriteGroup(json, group);
            }

            json.WriteEndArray();
            if (pool.TieBreaker is { } breaker)
            {
                json.WritePropertyName("tiebreaker");
                WriteUnit(json, breaker);
            }

            json.WriteStartObject("options");
            foreach ((string name, string value) in pool.Options)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            if (pool.Credentials is { } credentials)
            {
                json.WriteStartObject("auth");
                json.WriteString("username", credentials.UserName);
                json.WriteString("password", credentials.Password);
                json.WriteEndObject();
            }

            writeMore?.Invoke(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteLayers(Utf8JsonWriter json, PoolLayers? layers)
    {
        if (layers is not null)
        {
            json.WriteStartObject("layers");
            json.WriteString("name", layers.Name);
            json.WriteBoolean("distribute", layers.HasDistribute);
            json.WriteNumber("next_unit", layers.NextUnit);
            json.WriteNumber("next_group", layers.NextGroup);
            json.WriteEndObject();
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, int? number)
    {
        if (number is { } known)
        {
            json.WriteNumber("number", known);
        }
    }

    private static void WriteGroup(Utf8JsonWriter json, DistributeGroup group)
    {
        json.WriteStartObject();
        WriteNumber(json, group.Number);
        json.WriteString("type", group.Kind.ToString());
        switch (group.Kind)
        {
            case GroupKind.Mirror or GroupKind.Arbiter:
                json.WriteNumber("replica_count", group.Units.Length);
                json.WriteNumber("arbiter_count", group.Kind == GroupKind.Arbiter ? 1 : 0);
                break;
            case GroupKind.Disperse:
                json.WriteNumber("disperse_count", group.Units.Length);
                json.WriteNumber("redundancy_count", group.Redundancy);
                break;
        }

        json.WriteStartArray("storage_units");
        foreach (PoolUnit unit in group.Units)
        {
            WriteUnit(json, unit);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteUnit(Utf8JsonWriter json, PoolUnit unit)
    {
        json.WriteStartObject();
        WriteNumber(json, unit.Number);
        json.WriteString("path", unit.Path);
        json.WriteNumber("port", unit.Port);
        json.WriteStartObject("node");
        json.WriteString("name", unit.Node.Name);
        json.WriteString("id", unit.Node.Id);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

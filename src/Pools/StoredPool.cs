using System.Collections.Immutable;
using System.Text.Json;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// How far a pool has come on this node. Written before what it names is begun, so that whoever comes next knows what to finish
/// or undo.
/// </summary>
public enum PoolState
{
    /// <summary>Directories are being prepared: undone if that breaks off.</summary>
    Creating,

    /// <summary>It is there, and its units are to be stopped.</summary>
    Stopped,

    /// <summary>Its units are to run.</summary>
    Started,

    /// <summary>It is being taken away: finished if that breaks off.</summary>
    Deleting,
}

/// <summary>A pool as this node knows it. In its file it is the pool's document with a member <c>local</c> of ours.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="State">How far it has come.</param>
public sealed record StoredPool(Pool Pool, PoolState State)
{
    private const string LocalMember = "local";
    private const string DigestMember = "digest";

    /// <summary>Digest of the definition when this program wrote it last; null where it has not yet.</summary>
    public string? Digest { get; init; }

    /// <summary>Whether somebody else has changed the definition since this program wrote it.</summary>
    public bool IsEdited => Digest is not null && Digest != PoolRevision.DigestOf(Pool);

    /// <summary>Unit directories that were not there before.</summary>
    public ImmutableArray<string> MadeDirectories { get; init; } = [];

    /// <summary>Where the contents of unit directories are moved, by directory.</summary>
    public ImmutableSortedDictionary<string, string> Discarded { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Units that come back without all of their files: not started before the others have been told.</summary>
    public ImmutableArray<RejoiningUnit> Rejoining { get; init; } = [];

    /// <summary>Whether options were changed and not everything has been told yet.</summary>
    public bool IsChanging { get; init; }

    /// <summary>
    /// Reads a definition that somebody gives: their own, or a file of ours from another node, whose pool is not a new one.
    /// </summary>
    /// <param name="json">The document.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="PoolException">It is none.</exception>
    public static Pool ReadDefinition(byte[] json)
    {
        Pool pool = PoolDocument.Read(json);
        using JsonDocument document = PoolDocument.Parse(json);
        return PoolNumbers.Assign(pool, isNew: !document.RootElement.TryGetProperty(LocalMember, out _));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="json">Its content.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="PoolException">It is none.</exception>
    public static StoredPool Parse(byte[] json)
    {
        // What was made before there were numbers has its places for them.
        Pool pool = PoolNumbers.Assign(PoolDocument.Read(json), isNew: false);
        using JsonDocument document = PoolDocument.Parse(json);
        if (!document.RootElement.TryGetProperty(LocalMember, out JsonElement local) || local.ValueKind != JsonValueKind.Object ||
            !local.TryGetProperty("state", out JsonElement state) ||
            !Enum.TryParse(state.ToString(), ignoreCase: true, out PoolState known))
        {
            throw new PoolException($"it has no \"{LocalMember}\" with a \"state\"");
        }

        return new StoredPool(pool, known)
        {
            Digest = document.RootElement.TryGetProperty(DigestMember, out JsonElement digest) &&
                digest.ValueKind == JsonValueKind.String ? digest.GetString() : null,
            MadeDirectories = local.TryGetProperty("made_directories", out JsonElement made) &&
            made.ValueKind == JsonValueKind.Array ? [.. made.EnumerateArray().Select(path => path.ToString())] : [],
            Discarded = local.TryGetProperty("discarded", out JsonElement discarded) &&
            discarded.ValueKind == JsonValueKind.Object
                ? discarded.EnumerateObject()
                    .ToImmutableSortedDictionary(moved => moved.Name, moved => moved.Value.ToString(), StringComparer.Ordinal)
                : ImmutableSortedDictionary<string, string>.Empty,
            Rejoining = local.TryGetProperty("rejoining", out JsonElement rejoining) &&
            rejoining.ValueKind == JsonValueKind.Object
                ? [.. rejoining.EnumerateObject().Select(unit => RejoiningUnit.Read(unit))]
                : [],
            IsChanging = local.TryGetProperty("changing", out JsonElement changing) && changing.ValueKind == JsonValueKind.True,
        };
    }

    /// <summary>The same with its digest as it must be, and one revision later where it was another.</summary>
    /// <returns>The pool as it is to be written.</returns>
    public StoredPool Revise()
    {
        string digest = PoolRevision.DigestOf(Pool);
        return Digest == digest ? this : this with
        {
            Digest = digest,
            Pool = Pool with { Revision = Digest is null ? Math.Max(1, Pool.Revision) : Pool.Revision + 1 }
        };
    }

    /// <summary>What stands in the file.</summary>
    /// <returns>The content.</returns>
    public byte[] ToJson() => PoolDocument.Write(Pool, json =>
    {
        json.WriteString(DigestMember, Digest);
        json.WriteStartObject(LocalMember);
        json.WriteString("state", State.ToString().ToLowerInvariant());
        json.WriteBoolean("changing", IsChanging);
        json.WriteStartArray("made_directories");
        foreach (string path in MadeDirectories)
        {
            json.WriteStringValue(path);
        }

        json.WriteEndArray();
        WriteMoved(json);
        WriteRejoining(json);
        json.WriteEndObject();
    });

    private void WriteMoved(Utf8JsonWriter json)
    {
        if (!Discarded.IsEmpty)
        {
            json.WriteStartObject("discarded");
            foreach ((string path, string place) in Discarded)
            {
                json.WriteString(path, place);
            }

            json.WriteEndObject();
        }
    }

    private void WriteRejoining(Utf8JsonWriter json)
    {
        if (!Rejoining.IsEmpty)
        {
            json.WriteStartObject("rejoining");
            foreach (RejoiningUnit unit in Rejoining)
            {
                unit.Write(json);
            }

            json.WriteEndObject();
        }
    }
}

/// <summary>A unit that comes back without all of its files, and is to be healed from the others of its group.</summary>
/// <param name="Path">Its directory.</param>
/// <param name="HasFiles">Whether it has old ones; otherwise none.</param>
/// <param name="IsBesideLost">Whether other units of its group have lost what they had as well, and need not be told.</param>
public sealed record RejoiningUnit(string Path, bool HasFiles, bool IsBesideLost = false)
{
    private const string BesideLost = "beside lost";

    /// <summary>Reads one.</summary>
    /// <param name="member">As it was written.</param>
    /// <returns>It.</returns>
    public static RejoiningUnit Read(JsonProperty member) =>
        new(member.Name, member.Value.ValueKind == JsonValueKind.True,
            member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals(BesideLost));

    /// <summary>Writes it: whether it has files, by its directory; one beside lost ones never has any.</summary>
    /// <param name="json">Where to.</param>
    public void Write(Utf8JsonWriter json)
    {
        if (IsBesideLost)
        {
            json.WriteString(Path, BesideLost);
        }
        else
        {
            json.WriteBoolean(Path, HasFiles);
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>How far a pool has come on this node. Written before what it names is begun, so that whoever comes next knows what to finish or undo.</summary>
internal enum PoolState
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
internal sealed record StoredPool(Pool Pool, PoolState State)
{
    private const string LocalMember = "local";

    /// <summary>Unit directories that were not there before.</summary>
    internal ImmutableArray<string> MadeDirectories { get; init; } = [];

    /// <summary>Whether options were changed and not everything has been told yet.</summary>
    internal bool IsChanging { get; init; }

    /// <summary>Reads a file.</summary>
    /// <param name="json">Its content.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="PoolException">It is none.</exception>
    internal static StoredPool Parse(byte[] json)
    {
        Pool pool = PoolDocument.Read(json);
        using var document = JsonDocument.Parse(json, PoolDocument.Reading);
        if (!document.RootElement.TryGetProperty(LocalMember, out JsonElement local) || local.ValueKind != JsonValueKind.Object ||
            !local.TryGetProperty("state", out JsonElement state) || !Enum.TryParse(state.ToString(), ignoreCase: true, out PoolState known))
        {
            throw new PoolException($"it has no \"{LocalMember}\" with a \"state\"");
        }

        return new StoredPool(pool, known)
        {
            MadeDirectories = local.TryGetProperty("made_directories", out JsonElement made) && made.ValueKind == JsonValueKind.Array ? [.. made.EnumerateArray().Select(path => path.ToString())] : [],
            IsChanging = local.TryGetProperty("changing", out JsonElement changing) && changing.ValueKind == JsonValueKind.True,
        };
    }

    /// <summary>What stands in the file.</summary>
    /// <returns>The content.</returns>
    internal byte[] ToJson() => PoolDocument.Write(Pool, json =>
    {
        json.WriteStartObject(LocalMember);
        json.WriteString("state", State.ToString().ToLowerInvariant());
        json.WriteBoolean("changing", IsChanging);
        json.WriteStartArray("made_directories");
        foreach (string path in MadeDirectories)
        {
            json.WriteStringValue(path);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}

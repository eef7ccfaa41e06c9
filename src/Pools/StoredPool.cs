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
    /// <summary>Directories are being prepared: undone if it is interrupted.</summary>
    Creating,

    /// <summary>It is there, and its units are to be stopped.</summary>
    Stopped,

    /// <summary>Its units are to run.</summary>
    Started,

    /// <summary>It is being taken away: finished if it is interrupted.</summary>
    Deleting,
}

/// <summary>A pool as this node knows it. In its file it is the pool's document with a member <c>local</c> of ours.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="State">How far it has come.</param>
public sealed record StoredPool(Pool Pool, PoolState State)
{
    /// <summary>Digest of the definition when this program wrote it last; null where it has not yet.</summary>
    public string? Digest { get; init; }

    /// <summary>Whether somebody else has changed the definition since this program wrote it.</summary>
    public bool IsEdited => Digest is not null && Digest != PoolRevision.DigestOf(Pool);

    /// <summary>Unit directories that were not there before.</summary>
    public ImmutableArray<string> MadeDirectories { get; init; } = [];

    /// <summary>Whether unit directories were bricks of a volume of glusterd before, whose they are again if this is undone.</summary>
    public bool IsImported { get; init; }

    /// <summary>The name that is being given up; null where it has this one for good.</summary>
    public string? Former { get; init; }

    /// <summary>Where the contents of unit directories are moved, by directory.</summary>
    public ImmutableSortedDictionary<string, string> Discarded { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Units that come back without all of their files: not started before the others have been told.</summary>
    public ImmutableArray<RejoiningUnit> Rejoining { get; init; } = [];

    /// <summary>The task of the cluster that has replaced a unit of this node last; null where none has.</summary>
    public Guid? Replacement { get; init; }

    /// <summary>Whether options were changed and not everything has been told yet.</summary>
    public bool IsChanging { get; init; }

    /// <summary>Whether that change restarts units that do not take everything while they run.</summary>
    public bool IsRestarting { get; init; }

    /// <summary>Whether units of a started pool were stopped here by a drain: nothing but a start of the pool on this node starts them.</summary>
    public bool IsDrained { get; init; }

    /// <summary>
    /// Reads a definition that somebody gives: their own, or a file of ours from another node, whose pool is not a new one.
    /// </summary>
    /// <param name="json">The document.</param>
    /// <exception cref="PoolException">It is none.</exception>
    public static Pool ReadDefinition(byte[] json) =>
        PoolNumbers.Assign(
            PoolDocument.Read(json), isNew: PoolDocument.Read(json, StoredPoolJson.Default.StoredPoolForm).Local is null);

    /// <summary>Reads a file.</summary>
    /// <param name="json">Its content.</param>
    /// <exception cref="PoolException">It is none.</exception>
    public static StoredPool Parse(byte[] json)
    {
        // What was made before there were numbers has its places for them.
        Pool pool = PoolNumbers.Assign(PoolDocument.Read(json), isNew: false);
        StoredPoolForm form = PoolDocument.Read(json, StoredPoolJson.Default.StoredPoolForm);
        if (form.Local is not { } local || !Enum.TryParse(local.State, ignoreCase: true, out PoolState state))
        {
            throw new PoolException("it has no \"local\" with a \"state\"");
        }

        return new StoredPool(pool, state)
        {
            Digest = form.Digest,
            MadeDirectories = [.. local.MadeDirectories ?? []],
            Former = local.Former,
            IsImported = local.Imported ?? false,
            Discarded = (local.Discarded ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal),
            Rejoining = [.. (local.Rejoining ?? []).Select(unit => RejoiningUnit.FromForm(unit.Key, unit.Value))],
            Replacement = local.Replacement,
            IsChanging = local.Changing ?? false,
            IsRestarting = local.Restarting ?? false,
            IsDrained = local.Drained ?? false,
        };
    }

    /// <summary>The same with another definition, which may have its revision already.</summary>
    /// <param name="changed">The definition.</param>
    public StoredPool With(Pool changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return this with { Pool = changed, Digest = changed.Revision > Pool.Revision ? PoolRevision.DigestOf(changed) : Digest };
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
    public byte[] ToJson()
    {
        var form = new StoredPoolForm
        {
            Digest = Digest,
            Local = new LocalForm
            {
                State = State.ToString().ToLowerInvariant(),
                Changing = IsChanging,
                Restarting = IsRestarting ? true : null,
                Drained = IsDrained ? true : null,
                MadeDirectories = [.. MadeDirectories],
                Former = Former,
                Imported = IsImported ? true : null,
                Discarded = Discarded.IsEmpty ? null : new SortedDictionary<string, string>(Discarded, StringComparer.Ordinal),
                Replacement = Replacement,
                Rejoining = Rejoining.IsEmpty ? null : Rejoining.ToDictionary(unit => unit.Path, unit => unit.ToForm()),
            },
        };
        return PoolDocument.Write(
            Pool, JsonSerializer.SerializeToNode(form, StoredPoolJson.Default.StoredPoolForm)!.AsObject());
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
    /// <param name="path">Its directory.</param>
    /// <param name="form">Whether it has files, or that it is beside lost ones; one that is never has any.</param>
    internal static RejoiningUnit FromForm(string path, JsonElement form) =>
        new(path, form.ValueKind == JsonValueKind.True, form.ValueKind == JsonValueKind.String && form.ValueEquals(BesideLost));

    /// <summary>What stands for it in JSON, beside its directory.</summary>
    internal JsonElement ToForm() => IsBesideLost
        ? JsonSerializer.SerializeToElement(BesideLost, StoredPoolJson.Default.String)
        : JsonSerializer.SerializeToElement(HasFiles, StoredPoolJson.Default.Boolean);
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KadaluFsd.Manager.State;

/// <summary>One thing that the manager knows.</summary>
/// <param name="Key">Its key among those of its kind.</param>
/// <param name="Revision">The number of the commit that wrote it; greater than 0.</param>
/// <param name="Json">What is known, UTF-8.</param>
public sealed record StateDocument(string Key, long Revision, ReadOnlyMemory<byte> Json)
{
    /// <summary>Reads what is known.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="type">How it is read.</param>
    internal T Read<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Json.Span, type)!;
}

/// <summary>That the manager knows one thing, without what it is.</summary>
/// <param name="Key">Its key among those of its kind.</param>
/// <param name="Revision">The number of the commit that wrote it; greater than 0.</param>
public readonly record struct StateKey(string Key, long Revision);

/// <summary>A part of a commit.</summary>
/// <param name="Kind">The kind of document.</param>
/// <param name="Key">Its key: at most <see cref="StateWrite.MaxKey"/> characters.</param>
/// <param name="Expected">The revision that it must have; 0 where there must be none.</param>
/// <param name="Json">What is to be known from now on, UTF-8, at most <see cref="MaxDocument"/> bytes; null to remove it.</param>
public sealed record StateWrite(StateKind Kind, string Key, long Expected, ReadOnlyMemory<byte>? Json)
{
    /// <summary>The longest key, in characters.</summary>
    public const int MaxKey = 8192;

    /// <summary>The longest document, in bytes.</summary>
    public const int MaxDocument = 16 * 1024 * 1024;

    /// <summary>Writes what is known.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="kind">The kind of document.</param>
    /// <param name="key">Its key.</param>
    /// <param name="expected">The revision that it must have; 0 where there must be none.</param>
    /// <param name="value">What is known.</param>
    /// <param name="type">How it is written.</param>
    internal static StateWrite Of<T>(StateKind kind, string key, long expected, T value, JsonTypeInfo<T> type) =>
        new(kind, key, expected, JsonSerializer.SerializeToUtf8Bytes(value, type));
}

/// <summary>Somebody else has changed what a commit is based on. Nothing of it was done.</summary>
/// <param name="write">What did not fit.</param>
/// <param name="actual">The revision that there is; 0 for none.</param>
public sealed class StateConflictException(StateWrite write, long actual)
    : Exception($"{write.Kind} \"{write.Key}\" is at revision {actual} and not {write.Expected}")
{
    /// <summary>What did not fit.</summary>
    public StateWrite Write { get; } = write;

    /// <summary>The revision that there is; 0 for none.</summary>
    public long Actual { get; } = actual;
}

using System.Collections.Immutable;

namespace KadaluFsd.Volgen;

/// <summary>One <c>volume … end-volume</c> block: a translator with its options and the volumes below it. Immutable.</summary>
/// <param name="Name">Its name, unique in the volfile.</param>
/// <param name="Type">The translator, such as <c>storage/posix</c>.</param>
public sealed record Volume(string Name, string Type)
{
    /// <summary>Options in the order of the text. A key may repeat; the last one counts, as in GlusterFS.</summary>
    public ImmutableArray<VolfileOption> Options { get; init; } = [];

    /// <summary>Names of the volumes right below this one.</summary>
    public ImmutableArray<string> Subvolumes { get; init; } = [];

    /// <summary>The text before the block: comments and blank lines, line ends included.</summary>
    public string Preamble { get; init; } = "";

    /// <summary>Line of the block's <c>volume</c>, from 1; 0 for a volume that was not parsed. Ignored by comparisons.</summary>
    public SourceLine Line { get; init; }

    /// <summary>The value of an option.</summary>
    /// <returns>The effective value; null where the option is not set.</returns>
    public string? this[string key] => Options.LastOrDefault(option => option.Key == key)?.Value;

    /// <summary>This volume with an option set.</summary>
    /// <returns>The new volume; the option keeps its place, or is the last one.</returns>
    public Volume With(string key, string value)
    {
        int index = IndexOf(key);
        var option = new VolfileOption(key, value);
        return this with { Options = index < 0 ? Options.Add(option) : Options.SetItem(index, option) };
    }

    /// <summary>Removes an option.</summary>
    /// <returns>The new volume.</returns>
    public Volume Without(string key) => this with { Options = Options.RemoveAll(option => option.Key == key) };

    /// <inheritdoc/>
    public bool Equals(Volume? other) =>
        other is not null && Name == other.Name && Type == other.Type && Preamble == other.Preamble &&
        Options.SequenceEqual(other.Options) && Subvolumes.SequenceEqual(other.Subvolumes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Options.Length, Subvolumes.Length);

    private int IndexOf(string key)
    {
        for (int index = Options.Length - 1; index >= 0; index--)
        {
            if (Options[index].Key == key)
            {
                return index;
            }
        }

        return -1;
    }
}

/// <summary>A line number that comparisons ignore.</summary>
/// <param name="Number">Line from 1; 0 for none.</param>
public readonly record struct SourceLine(int Number);

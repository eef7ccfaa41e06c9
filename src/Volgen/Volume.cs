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

    /// <summary>What stands before the block: comments and blank lines, line ends included.</summary>
    public string Preamble { get; init; } = "";

    /// <summary>
    /// Line of the block's <c>volume</c>, from 1; 0 for a volume that did not come from a text. No part of equality.
    /// </summary>
    public SourceLine Line { get; init; }

    /// <summary>The value of an option.</summary>
    /// <returns>The value that counts; null where the option is not set.</returns>
    public string? this[string key] => Options.LastOrDefault(option => option.Key == key)?.Value;

    /// <summary>This volume with an option set.</summary>
    /// <returns>A volume with that option in its old place, or at the end.</returns>
    public Volume With(string key, string value)
    {
        int index = IndexOf(key);
        var option = new VolfileOption(key, value);
        return this with { Options = index < 0 ? Options.Add(option) : Options.SetItem(index, option) };
    }

    /// <summary>This volume without an option.</summary>
    /// <returns>A volume in which it is not set.</returns>
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

/// <summary>A place in a text that plays no part in comparisons.</summary>
/// <param name="Number">Line from 1; 0 for none.</param>
public readonly record struct SourceLine(int Number);

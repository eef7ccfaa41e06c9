using System.Collections.Immutable;

namespace KadaluFsd.Volgen;

/// <summary>A volfile as data: the volumes of a graph, bottom first. Immutable.</summary>
/// <param name="Volumes">At least one; each names only earlier ones below itself.</param>
/// <param name="Epilogue">The text after the last block: comments, blank lines, the last line end or none.</param>
public sealed record Volfile(ImmutableArray<Volume> Volumes, string Epilogue)
{
    /// <summary>The volume that GlusterFS takes as the graph's top: the last one.</summary>
    public Volume Top => Volumes[^1];

    /// <summary>Finds a volume by name.</summary>
    /// <returns>The volume; null where there is none.</returns>
    public Volume? Find(string name) => Volumes.FirstOrDefault(volume => volume.Name == name);

    /// <summary>Finds the volumes of one translator.</summary>
    /// <param name="type">The translator, such as <c>storage/posix</c>.</param>
    /// <returns>The volumes, bottom first.</returns>
    public IEnumerable<Volume> OfType(string type) => Volumes.Where(volume => volume.Type == type);

    /// <summary>This volfile with one volume changed.</summary>
    /// <param name="volume">One of its volumes.</param>
    /// <param name="changed">Its replacement, of the same name.</param>
    public Volfile Replace(Volume volume, Volume changed) => this with { Volumes = Volumes.Replace(volume, changed) };

    /// <inheritdoc/>
    public bool Equals(Volfile? other) =>
        other is not null && Epilogue == other.Epilogue && Volumes.SequenceEqual(other.Volumes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Volumes.Length, Epilogue);
}

using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// A kind of graph as data: its layers from the bottom up, with the conditions under which they are there. The program's own are
/// JSON files in <c>Graphs/data</c>; whoever wants others changes them with a <see cref="GraphOverlay"/>.
/// </summary>
/// <param name="Name">What it is called, such as <c>client</c>.</param>
/// <param name="Layers">The layers.</param>
public sealed record GraphDocument(string Name, ImmutableArray<GraphLayer> Layers)
{
    /// <summary>What clients load: mounts, libgfapi, NFS-Ganesha.</summary>
    public const string Client = "client";

    /// <summary>What a storage unit loads.</summary>
    public const string Unit = "unit";

    /// <summary>What a self-heal daemon loads.</summary>
    public const string HealDaemon = "heal-daemon";

    /// <summary>What a client that moves files between groups loads.</summary>
    public const string Rebalance = "rebalance";

    /// <summary>Names of the kinds there are.</summary>
    public static ImmutableArray<string> Kinds { get; } = [Client, Unit, HealDaemon, Rebalance];

    /// <summary>The pool options that switch layers of the program's own documents.</summary>
    /// <remarks>Worked out when it is asked for: only overlays do, and every document is read for it.</remarks>
    internal static ImmutableHashSet<string> Switches =>
        [.. Kinds.SelectMany(kind => Default(kind).Layers).Select(layer => layer.Switch).OfType<string>()];

    /// <summary>The program's own document of a kind.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <returns>The document.</returns>
    public static GraphDocument Default(string kind)
    {
        using Stream stream = typeof(GraphDocument).Assembly.GetManifestResourceStream($"graphs/{kind}.json")
            ?? throw new ArgumentException($"there is no graph \"{kind}\"", nameof(kind));
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Parse(kind, bytes.ToArray());
    }

    /// <summary>Reads a document.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="json">Its text, UTF-8.</param>
    /// <exception cref="GraphDocumentException">It is none; says where, and why.</exception>
    public static GraphDocument Parse(string name, ReadOnlySpan<byte> json)
    {
        LayerForm?[] layers = GraphFormReader.Read(name, json, GraphFormJson.Default.GraphForm).Layers
            ?? throw new GraphDocumentException(name, "\"layers\" is not an array");
        return new GraphDocument(
            name, [.. layers.Select((layer, index) => GraphFormReader.ToLayer(layer, $"{name}: layers[{index}]"))]).Checked();
    }

    /// <summary>Checks what one layer cannot know of the others.</summary>
    /// <returns>This document.</returns>
    /// <exception cref="GraphDocumentException">They do not fit together.</exception>
    internal GraphDocument Checked()
    {
        for (int index = 1; index < Layers.Length; index++)
        {
            if (Layers[index].Scope < Layers[index - 1].Scope)
            {
                throw new GraphDocumentException(
                    $"{Name}: {Layers[index].Name}",
                    $"a layer for each {Layers[index].Scope} stands above one for each {Layers[index - 1].Scope}");
            }
        }

        return Layers.IsEmpty ? throw new GraphDocumentException(Name, "no layers in it") : this;
    }
}

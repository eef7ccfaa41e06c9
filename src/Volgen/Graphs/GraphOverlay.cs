using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// Changes to a graph document: <c>{"graph": "client", "changes": [{"insert": {a layer}, "above": "features/utime"}, {"remove":
/// "performance/quick-read"}, {"set": "performance/io-threads", "options": {"thread-count": "32"}}]}</c>. A layer is named by its
/// type.
/// </summary>
/// <param name="Place">Where it comes from; for errors.</param>
/// <param name="Graph">The kind of graph it changes.</param>
/// <param name="Changes">The changes, in order.</param>
public sealed record GraphOverlay(
    string Place, string Graph, ImmutableArray<Func<ImmutableArray<GraphLayer>, ImmutableArray<GraphLayer>>> Changes)
{
    /// <summary>Reads an overlay.</summary>
    /// <param name="place">Where it comes from, such as its file's name.</param>
    /// <param name="json">Its text, UTF-8.</param>
    /// <returns>The overlay.</returns>
    /// <exception cref="GraphDocumentException">It is none; says where, and why.</exception>
    public static GraphOverlay Parse(string place, ReadOnlySpan<byte> json)
    {
        OverlayForm form = GraphFormReader.Read(place, json, GraphFormJson.Default.OverlayForm);
        string graph = GraphFormReader.Text(form.Graph, "graph", place);
        if (!GraphDocument.Kinds.Contains(graph))
        {
            throw new GraphDocumentException(place, $"\"{graph}\" is none of {string.Join(", ", GraphDocument.Kinds)}");
        }

        ChangeForm?[] changes = form.Changes ?? throw new GraphDocumentException(place, "\"changes\" is not an array");
        return new GraphOverlay(
            place, graph, [.. changes.Select((change, index) => ToChange(change, $"{place}: changes[{index}]"))]);
    }

    /// <summary>Changes a document.</summary>
    /// <param name="document">A document of the kind <see cref="Graph"/>.</param>
    /// <returns>The changed document.</returns>
    /// <exception cref="GraphDocumentException">A layer that is spoken of is not there, or what comes out is no
    /// graph.</exception>
    public GraphDocument Apply(GraphDocument document) =>
        (document with { Layers = Changes.Aggregate(document.Layers, (layers, change) => change(layers)) }).Checked();

    private static Func<ImmutableArray<GraphLayer>, ImmutableArray<GraphLayer>> ToChange(ChangeForm? form, string place)
    {
        ChangeForm change = GraphFormReader.Check(form, GraphFormJson.Default.ChangeForm, place);
        if (change.Insert is not null)
        {
            GraphLayer layer = GraphFormReader.ToLayer(change.Insert, place);
            if (change is { Above: not null, Below: not null })
            {
                throw new GraphDocumentException(place, "\"above\" and \"below\": one of them says where");
            }

            if (layer.Switch is { } name && !GraphDocument.Switches.Contains(name))
            {
                throw new GraphDocumentException(place, $"\"{name}\" is no pool option that switches a layer");
            }

            bool isAbove = change.Above is not null;
            string beside = isAbove
                ? GraphFormReader.Text(change.Above, "above", place) : GraphFormReader.Text(change.Below, "below", place);
            return layers => isAbove
                ? layers.Insert(Find(layers, beside, place, layer.Scope, last: true) + 1, layer)
                : layers.Insert(Find(layers, beside, place, layer.Scope, last: false), layer);
        }

        if (change.Remove is not null)
        {
            string type = GraphFormReader.Text(change.Remove, "remove", place);
            return layers => Find(layers, type, place) >= 0 ? layers.RemoveAll(layer => layer.Type == type) : layers;
        }

        string set = GraphFormReader.Text(change.Set, "set", place);
        ImmutableArray<GraphOption> options = GraphFormReader.ToOptions(
            change.Options ?? throw new GraphDocumentException(place, "\"options\" is not an object"), place);
        return layers => Find(layers, set, place) >= 0
            ? [.. layers.Select(
                layer => layer.Type == set ? options.GroupBy(option => option.Key).Aggregate(layer, Set) : layer)]
            : layers;
    }

    // In the old place, or at the end.
    private static GraphLayer Set(GraphLayer layer, IGrouping<string, GraphOption> option)
    {
        GraphOption? old = layer.Options.FirstOrDefault(other => other.Key == option.Key);
        int index = old is null ? layer.Options.Length : layer.Options.IndexOf(old);
        return layer with
        {
            Options = layer.Options.RemoveAll(other => other.Key == option.Key)
            .InsertRange(index, option.Where(value => value.Value.Length > 0))
        };
    }

    // Of several layers of the type, one that is there as often, if there is one.
    private static int Find(
        ImmutableArray<GraphLayer> layers, string type, string place, GraphScope? scope = null, bool last = false)
    {
        GraphLayer[] all = [.. layers.Where(layer => layer.Type == type)];
        GraphLayer[] candidates =
            [.. all.Where(layer => layer.Scope == scope).DefaultIfEmpty(last ? all.LastOrDefault() : all.FirstOrDefault())
                .OfType<GraphLayer>()];
        return candidates.Length > 0
            ? layers.IndexOf(last ? candidates[^1] : candidates[0])
            : throw new GraphDocumentException(place, $"there is no layer {type}");
    }
}

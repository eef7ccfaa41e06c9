using System.Collections.Immutable;
using System.Text.Json;

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
    public static GraphOverlay Parse(string place, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document =
                JsonDocument.Parse(
                    json,
                    new JsonDocumentOptions
                    {
                        CommentHandling = JsonCommentHandling.Skip,
                        AllowTrailingCommas = true,
                        MaxDepth = 16
                    });
            GraphDocument.OnlyMembers(document.RootElement, place, "graph", "changes");
            string graph = GraphDocument.Text(document.RootElement, "graph", place);
            if (!GraphDocument.Kinds.Contains(graph))
            {
                throw new GraphDocumentException(place, $"\"{graph}\" is none of {string.Join(", ", GraphDocument.Kinds)}");
            }

            return document.RootElement.TryGetProperty("changes", out JsonElement changes) &&
                changes.ValueKind == JsonValueKind.Array
                ? new GraphOverlay(
                    place, graph,
                    [.. changes.EnumerateArray().Select((change, index) => ReadChange(change, $"{place}: changes[{index}]"))])
                : throw new GraphDocumentException(place, "\"changes\" is not a list");
        }
        catch (JsonException exception)
        {
            throw new GraphDocumentException($"{place}: line {exception.LineNumber + 1}", "not JSON");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
            throw new GraphDocumentException(place, "a text in it is not a text");
        }
    }

    /// <summary>Changes a document.</summary>
    /// <param name="document">A document of the kind <see cref="Graph"/>.</param>
    /// <returns>The changed document.</returns>
    /// <exception cref="GraphDocumentException">A layer that is spoken of is not there, or what comes out is no
    /// graph.</exception>
    public GraphDocument Apply(GraphDocument document) =>
        (document with { Layers = Changes.Aggregate(document.Layers, (layers, change) => change(layers)) }).Checked();

    private static Func<ImmutableArray<GraphLayer>, ImmutableArray<GraphLayer>> ReadChange(JsonElement change, string place)
    {
        GraphDocument.OnlyMembers(change, place, "insert", "above", "below", "remove", "set", "options");
        if (change.TryGetProperty("insert", out JsonElement inserted))
        {
            GraphLayer layer = GraphDocument.ReadLayer(inserted, place);
            bool isAbove = change.TryGetProperty("above", out _);
            string beside = GraphDocument.Text(change, isAbove ? "above" : "below", place);
            return layers => isAbove
                ? layers.Insert(Find(layers, beside, place, layer.Scope, last: true) + 1, layer)
                : layers.Insert(Find(layers, beside, place, layer.Scope, last: false), layer);
        }

        if (change.TryGetProperty("remove", out _))
        {
            string type = GraphDocument.Text(change, "remove", place);
            return layers => Find(layers, type, place) >= 0 ? layers.RemoveAll(layer => layer.Type == type) : layers;
        }

        string set = GraphDocument.Text(change, "set", place);
        ImmutableArray<GraphOption> options = GraphDocument.ReadOptions(change, place);
        return layers =>
            Find(layers, set,
                place) >= 0 ? [.. layers.Select(
                    layer => layer.Type == set ? options.GroupBy(option => option.Key).Aggregate(layer, Set) : layer)] : layers;
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

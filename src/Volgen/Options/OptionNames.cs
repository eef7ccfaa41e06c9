using System.Collections.Immutable;
using KadaluFsd.Volgen.Graphs;

namespace KadaluFsd.Volgen.Options;

/// <summary>A translator option that a pool option sets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The translator that has it.</param>
/// <param name="Key">The name of the translator's option; may contain <c>{path}</c>. Null for the switch of a layer.</param>
/// <param name="Graphs">The kinds of graph it is set in.</param>
public sealed record OptionTarget(string Name, string Type, string? Key, ImmutableArray<string> Graphs);

/// <summary>The names of pool options: GlusterFS's and Kadalu's (<c>Options/names.tsv</c>), and the switches of layers.</summary>
public static class OptionNames
{
    private const int MaxSuggestions = 3;
    private static readonly Lazy<ImmutableArray<OptionTarget>> s_all = new(Read);

    /// <summary>All targets by name of option; an option of several translators has several.</summary>
    public static ImmutableArray<OptionTarget> All => s_all.Value;

    /// <summary>Finds the targets of an option.</summary>
    /// <returns>The targets; empty for an unknown name.</returns>
    public static ImmutableArray<OptionTarget> Find(string name) => [.. All.Where(target => target.Name == name)];

    /// <summary>Suggests names for a misspelt one.</summary>
    /// <param name="known">All names.</param>
    /// <returns>The most similar ones first.</returns>
    public static string[] Suggest(string name, IEnumerable<string> known)
    {
        (string Name, int Distance)[] near =
            [.. known.Distinct().Select(candidate => (Name: candidate, Distance: EditDistance(name, candidate)))
            .Where(candidate => candidate.Distance <= Math.Max(2, name.Length / 3))
                .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)];

        // Names much less similar than the best one are left out.
        return [.. near.TakeWhile(candidate => candidate.Distance <= near[0].Distance + 1).Take(MaxSuggestions)
            .Select(candidate => candidate.Name)];
    }

    private static ImmutableArray<OptionTarget> Read()
    {
        using Stream stream = typeof(OptionNames).Assembly.GetManifestResourceStream("options/names.tsv")!;
        using var reader = new StreamReader(stream);
        string[] allButUnit = [GraphDocument.Client, GraphDocument.HealDaemon, GraphDocument.Rebalance];
        IEnumerable<OptionTarget> named = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#')).Select(line => line.Split('\t'))
            .Select(columns =>
                new OptionTarget(
                    columns[0], columns[1], columns[2],
                    [
                        .. columns[3].Split(' ')
                        .SelectMany(
                            graph => graph switch { GraphDocument.Client =>
                                allButUnit, "mount" => [GraphDocument.Client, GraphDocument.Rebalance], _ => [graph] })]));
        IEnumerable<OptionTarget> switches =
            GraphDocument.Kinds.SelectMany(kind => GraphDocument.Default(kind).Layers.Where(layer => layer.Switch is not null)
            .Select(layer => new OptionTarget(layer.Switch!, layer.Type, null, [kind])));
        return [.. named.Concat(switches).OrderBy(target => target.Name, StringComparer.Ordinal)];
    }

    // Levenshtein distance, row by row.
    private static int EditDistance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}

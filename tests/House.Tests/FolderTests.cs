using ArchUnitNET.Domain;

namespace KadaluFsd.House.Tests;

/// <summary>
/// The arrows between folders, which are namespaces: read from what is compiled, so that no name in a comment is one.
/// </summary>
public class FolderTests
{
    [Fact]
    public void No_folder_leads_back_to_itself()
    {
        ILookup<string, (string To, string Why)> arrows = Rooms.All.Types
            .SelectMany(
                type => type.Dependencies.Where(dependency => dependency.Target is not GenericParameter).Select(dependency =>
                    (From: FolderOf(type), To: FolderOf(dependency.Target), Why: $"{type.Name} uses {dependency.Target.Name}")))
            .Where(arrow => arrow.From != arrow.To && IsOurs(arrow.From) && IsOurs(arrow.To))
            .DistinctBy(arrow => (arrow.From, arrow.To)).ToLookup(arrow => arrow.From, arrow => (arrow.To, arrow.Why));
        Assert.Contains(arrows["KadaluFsd.Daemons.Unit"], arrow => arrow.To == "KadaluFsd.Volgen.Pools");
        string[][] circles = [.. arrows.Select(folder => FindCircle(folder.Key, arrows)).OfType<string[]>()];
        Assert.True(
            circles.Length == 0,
            $"folders that lead back to themselves:\n{string.Join('\n', circles.Select(circle => string.Join(", ", circle)))}");
    }

    // What the compiler makes for itself may be in none.
    private static string FolderOf(IType type) => type.Namespace?.FullName ?? "";

    [Fact]
    public void A_planted_circle_is_found()
    {
        (string From, string To)[] arrows = [("A", "B"), ("B", "C"), ("C", "D"), ("C", "A"), ("E", "A")];
        ILookup<string, (string, string)> planted = arrows.ToLookup(arrow => arrow.From, arrow => (arrow.To, "planted"));
        Assert.Equal(["B -> C (planted)", "C -> A (planted)", "A -> B (planted)"], FindCircle("B", planted)!);
        Assert.Null(FindCircle("E", planted));
    }

    private static bool IsOurs(string folder) => folder.StartsWith(Rooms.Prefix, StringComparison.Ordinal);

    // The shortest way from a folder back to it, arrow by arrow; null where there is none.
    private static string[]? FindCircle(string start, ILookup<string, (string To, string Why)> arrows)
    {
        var ways = new Queue<(string Folder, string[] Way)>([(start, [])]);
        var seen = new HashSet<string>();
        while (ways.TryDequeue(out (string Folder, string[] Way) here))
        {
            foreach ((string next, string why) in arrows[here.Folder])
            {
                string[] way = [.. here.Way, $"{here.Folder} -> {next} ({why})"];
                if (next == start)
                {
                    return way;
                }

                if (seen.Add(next))
                {
                    ways.Enqueue((next, way));
                }
            }
        }

        return null;
    }
}

using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>What the glusterd of a machine keeps of a volume (xlators/mgmt/glusterd/src/glusterd-store.c).</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="HasThinArbiter">Whether it has a thin arbiter: <c>gluster volume info --xml</c> does not say so.</param>
/// <param name="IsStarted">Whether glusterd serves its bricks when it starts.</param>
/// <param name="BrickIds">What its layers call bricks, such as <c>vol1-client-4</c>, by <c>HOST:PATH</c>.</param>
public sealed record GlusterdRecords(
    string Volume, bool HasThinArbiter, bool IsStarted, IReadOnlyDictionary<string, string> BrickIds)
{
    private const string Started = "1";
    private const string None = "0";

    /// <summary>Reads them.</summary>
    /// <param name="root">The directory that everything is below, <c>/</c> except for trials.</param>
    /// <param name="volume">The volume's name.</param>
    /// <returns>They; null where this machine has none of this volume.</returns>
    /// <exception cref="CommandException">They cannot be read.</exception>
    public static GlusterdRecords? Find(string root, string volume)
    {
        string directory = Path.Combine(root, "var/lib/glusterd/vols", volume);
        string info = Path.Combine(directory, "info");
        GlusterdRecords? found = null;
        SystemRefusal.Guard(info, () =>
        {
            if (!File.Exists(info))
            {
                return;
            }

            Dictionary<string, string> values = ReadLines(info);
            string bricks = Path.Combine(directory, "bricks");
            IEnumerable<Dictionary<string, string>> each =
                (Directory.Exists(bricks) ? Directory.GetFiles(bricks) : []).Order(StringComparer.Ordinal).Select(ReadLines);
            found = new GlusterdRecords(
                volume, values.GetValueOrDefault("thin_arbiter_count", None) != None,
                values.GetValueOrDefault("status") == Started,
                each.Where(brick => brick.ContainsKey("hostname") && brick.ContainsKey("path") && brick.ContainsKey("brick-id"))
                    .DistinctBy(AddressOf).ToDictionary(AddressOf, brick => brick["brick-id"], StringComparer.Ordinal));
        });
        return found;
    }

    private static string AddressOf(Dictionary<string, string> brick) => $"{brick["hostname"]}:{brick["path"]}";

    private static Dictionary<string, string> ReadLines(string path) =>
        File.ReadLines(path).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}

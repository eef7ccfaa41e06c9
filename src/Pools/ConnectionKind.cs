using KadaluFsd.Contract;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Pools;

/// <summary>
/// Whether a pool's connections are encrypted: all of them, or none. Units with TLS do not understand clients without, and an
/// open connection does not change: units, self-heal daemons and mounts change together or not at all.
/// </summary>
public static class ConnectionKind
{
    /// <summary>Why a unit has to be restarted: TLS is switched on or off.</summary>
    public const string Changes = "its connections change their kind";

    /// <summary>Why a unit has to be restarted: its layers change.</summary>
    public const string LayersChange = "its layers change";

    private static readonly string s_server = $"{UnitVolfile.ServerType}.{PendingOptions.Tls}";

    /// <summary>Rejects a change that would leave a part of a pool with TLS and a part without.</summary>
    /// <param name="stored">The pool before the change.</param>
    /// <param name="after">Its volfiles after the change.</param>
    /// <param name="restart">Whether all of its units here may be restarted together.</param>
    /// <exception cref="CommandException">It would.</exception>
    public static void Check(
        StoredPool stored, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after, bool restart)
    {
        bool[] kinds = KindsOf(after);
        if (kinds.Length > 1)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                "server.ssl and client.ssl go together: with one of them alone no client understands a unit. Set or reset " +
                "both at once");
        }

        if (stored.State == PoolState.Started && !restart && !KindsOf(before).SequenceEqual(kinds))
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                "server.ssl and client.ssl take effect when every unit and self-heal daemon of the pool is restarted, and " +
                $"every mount is mounted again, all together: kadalu pool stop {stored.Pool.Name} before, or --restart stops " +
                "and starts those of this node");
        }
    }

    /// <summary>The pending changes of a unit, by the names of pool options.</summary>
    /// <param name="pending">Options of its translators.</param>
    /// <param name="settings">Settings of its process.</param>
    /// <returns>The options' names, or <see cref="Changes"/>; null where nothing is pending.</returns>
    public static string? Describe(IReadOnlyList<string> pending, params IReadOnlyList<string> settings) =>
        pending.Contains(s_server) ? Changes
            : pending.Count + settings.Count == 0 ? null
            : string.Join(", ", PoolStatus.Named(pending).Concat(settings));

    /// <summary>The options that mounts take only when they are mounted again.</summary>
    public static string[] FindForMounts(string after, string before) =>
        PoolStatus.Named(PendingOptions.Find(VolfileParser.Parse(before), VolfileParser.Parse(after), _ => true));

    private static bool[] KindsOf(IReadOnlyDictionary<string, string> texts) =>
        [.. texts.Values.SelectMany(text => PendingOptions.TlsOf(VolfileParser.Parse(text))).Distinct()];
}

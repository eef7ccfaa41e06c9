namespace KadaluFsd.Volgen.Options;

/// <summary>
/// Options that a running graph has not taken although it was given them: it has them when it is built anew. Pure functions.
/// </summary>
public static class PendingOptions
{
    /// <summary>Whether connections are encrypted: an option of both ends, which must be of one mind.</summary>
    public const string Tls = "transport.socket.ssl-enabled";

    private const string TlsPrefix = "transport.socket.ssl-";

    private static readonly string[] s_connected = [UnitVolfile.ServerType, HealVolfile.ClientType];

    // What a listening socket is made with.
    private static readonly string[] s_listening = ["transport.listen-backlog", "transport.socket.listen-backlog"];

    /// <summary>
    /// Whether a translator passes over an option when it is given others while it runs. rpc-transport/socket reads these once,
    /// for each listener or connection.
    /// </summary>
    /// <param name="key">The option's name there.</param>
    public static bool IsPassedOver(string type, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return s_connected.Contains(type) && (key.StartsWith(TlsPrefix, StringComparison.Ordinal) || s_listening.Contains(key));
    }

    /// <summary>What a graph has not taken.</summary>
    /// <param name="built">The volfile that it was built from.</param>
    /// <param name="now">The volfile that it was given last, of the same translators.</param>
    /// <param name="takesOptions">Whether a translator, given by type, takes options at all while it runs.</param>
    /// <returns>The options, each as <c>TYPE.OPTION</c>, once.</returns>
    public static IReadOnlyList<string> Find(Volfile built, Volfile now, Func<string, bool> takesOptions)
    {
        ArgumentNullException.ThrowIfNull(built);
        ArgumentNullException.ThrowIfNull(now);
        return
        [
            .. from volume in now.Volumes
               let before = built.Find(volume.Name)
               where before is not null
               from key in volume.Options.Concat(before.Options).Select(option => option.Key).Distinct()
               where volume[key] != before[key] &&
                   !UnitVolfile.IsSetByTheUnit(volume.Type, key) && (IsPassedOver(volume.Type, key) || !takesOptions(volume.Type))
               select $"{volume.Type}.{key}" into name
               group name by name into same
               select same.Key,
        ];
    }

    /// <summary>Whether the connections of a graph are encrypted: those to it, or those that it makes.</summary>
    /// <returns>What each of them is.</returns>
    public static IEnumerable<bool> TlsOf(Volfile volfile)
    {
        ArgumentNullException.ThrowIfNull(volfile);
        return volfile.Volumes.Where(volume => s_connected.Contains(volume.Type))
            .Select(volume => GlusterBoolean.IsTrue(volume[Tls] ?? ""));
    }

    /// <summary>The name by which an option is set in a pool.</summary>
    /// <param name="option">The option, as <c>TYPE.OPTION</c>.</param>
    /// <returns>Its name; <c>TYPE.OPTION</c> where it has no other.</returns>
    public static string NameOf(string option) =>
        OptionNames.All.FirstOrDefault(target => $"{target.Type}.{target.Key}" == option)?.Name ?? option;
}

namespace KadaluFsd.Volgen.Options;

/// <summary>Options that a running graph has been given and has not taken: they wait for a restart. Pure functions.</summary>
public static class PendingOptions
{
    /// <summary>TLS on connections; both ends must have the same value.</summary>
    public const string Tls = "transport.socket.ssl-enabled";

    private const string TlsPrefix = "transport.socket.ssl-";

    private static readonly string[] s_connected = [UnitVolfile.ServerType, HealVolfile.ClientType];

    // Options of a listening socket.
    private static readonly string[] s_listening = ["transport.listen-backlog", "transport.socket.listen-backlog"];

    /// <summary>
    /// Whether a running translator ignores an option. rpc-transport/socket reads these once, for each listener or connection.
    /// </summary>
    /// <param name="key">The translator's name of the option.</param>
    public static bool IsPassedOver(string type, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return s_connected.Contains(type) && (key.StartsWith(TlsPrefix, StringComparison.Ordinal) || s_listening.Contains(key));
    }

    /// <summary>Finds the options that a graph has not taken.</summary>
    /// <param name="built">The volfile that it was built from.</param>
    /// <param name="now">The volfile that it was given last, with the same translators.</param>
    /// <param name="takesOptions">Whether a translator, given by type, takes options while it runs.</param>
    /// <returns>The options, as <c>TYPE.OPTION</c>, without duplicates.</returns>
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

    /// <summary>Whether the connections of a graph use TLS, incoming or outgoing.</summary>
    /// <returns>The value for each of them.</returns>
    public static IEnumerable<bool> TlsOf(Volfile volfile)
    {
        ArgumentNullException.ThrowIfNull(volfile);
        return volfile.Volumes.Where(volume => s_connected.Contains(volume.Type))
            .Select(volume => GlusterBoolean.IsTrue(volume[Tls] ?? ""));
    }

    /// <summary>The pool option of a translator's option.</summary>
    /// <param name="option">The option, as <c>TYPE.OPTION</c>.</param>
    /// <returns>Its name; <c>TYPE.OPTION</c> if it has no other.</returns>
    public static string NameOf(string option) =>
        OptionNames.All.FirstOrDefault(target => $"{target.Type}.{target.Key}" == option)?.Name ?? option;
}

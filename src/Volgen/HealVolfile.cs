namespace KadaluFsd.Volgen;

/// <summary>What a self-heal daemon reads from its volfile. Pure functions.</summary>
public static class HealVolfile
{
    /// <summary>The option that makes a translator heal by itself; only in volfiles of self-heal daemons.</summary>
    public const string DaemonOption = "iam-self-heal-daemon";

    /// <summary>The translator of a connection to a storage unit.</summary>
    public const string ClientType = "protocol/client";

    private static readonly string[] s_healers = ["cluster/replicate", "cluster/disperse"];

    /// <summary>Checks that a volfile is a self-heal daemon's.</summary>
    /// <returns>The storage units that it connects to.</returns>
    /// <exception cref="VolfileException">It is not; says why.</exception>
    public static IReadOnlyList<HealedUnit> Identify(Volfile volfile)
    {
        ArgumentNullException.ThrowIfNull(volfile);
        if (volfile.OfType(UnitVolfile.ServerType).FirstOrDefault() is { } server)
        {
            throw new VolfileException(
                server.Line.Number,
                $"volume {server.Name} is a {server.Type}: this is a storage unit's volfile, not a self-heal daemon's");
        }

        Volume[] healers = [.. volfile.Volumes.Where(volume => s_healers.Contains(volume.Type))];
        if (healers.Length == 0)
        {
            throw new VolfileException(0, $"no volume of type {string.Join(" or ", s_healers)}: there is nothing to heal");
        }

        if (healers.FirstOrDefault(volume => !GlusterBoolean.IsTrue(volume[DaemonOption] ?? "")) is { } other)
        {
            throw new VolfileException(
                other.Line.Number,
                $"volume {other.Name} does not have {DaemonOption} on: this is a client's volfile, not a self-heal daemon's");
        }

        return
        [
            .. volfile.OfType(ClientType).Select(unit => new HealedUnit(
                unit.Name, unit["remote-host"] ?? "", unit["remote-subvolume"] ?? "",
                healers.FirstOrDefault(healer => healer.Subvolumes.Contains(unit.Name))?.Name ?? "")),
        ];
    }
}

/// <summary>A storage unit as a self-heal daemon sees it.</summary>
/// <param name="Volume">Its <c>protocol/client</c> volume.</param>
/// <param name="Host">Its host, as the daemon reaches it.</param>
/// <param name="Path">The name of the volume that it serves: its directory.</param>
/// <param name="Group">The volume of its group.</param>
public sealed record HealedUnit(string Volume, string Host, string Path, string Group);

namespace KadaluFsd.Contract;

/// <summary>The clients of a unit.</summary>
/// <param name="Data">Clients of the graph: mounts, self-heal daemons, programs.</param>
/// <param name="Volfile">Connections on which volfiles were fetched; a mount has one of these too, to any unit of the
/// pool.</param>
public sealed record ClientReport(DataClient[] Data, VolfileClient[] Volfile);

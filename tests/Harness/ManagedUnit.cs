using System.Globalization;

namespace KadaluFsd.Harness;

/// <summary>A unit in the hands of Kadalu's manager.</summary>
internal sealed class ManagedUnit : ManagedProcess
{
    private readonly UnitDefinition _unit;
    private readonly string _id;

    private ManagedUnit(Workspace workspace, UnitDefinition unit)
        : base(workspace, "glusterfsd") =>
        (_unit, _id) = (unit, $"{unit.Pool}.server1.{unit.Directory.Trim('/').Replace('/', '-')}");

    internal override string PidFile => Workspace.Path("run", _id + ".pid");

    internal string Socket => Workspace.Path("run", "0b1de2f4-3a1e-4f5b-9f0a-3d1a6a9a6a10." + _id + ".socket");

    internal override string Log => Workspace.Path("log", "storage_units", _id + ".log");

    internal override string[] Arguments =>
    [
        "--volfile-id", _id, "-S", Socket, "-p", PidFile, "--brick-name", _unit.Directory, "-l", Log,
        "--xlator-option", "*-posix.glusterd-uuid=0b1de2f4-3a1e-4f5b-9f0a-3d1a6a9a6a10", "--process-name", "storage-unit",
        "--brick-port", _unit.Port.ToString(CultureInfo.InvariantCulture),
        "--xlator-option", $"{_unit.Pool}-server.listen-port={_unit.Port}", "-f", _unit.Volfile,
    ];

    internal static ManagedUnit Create(Workspace workspace, UnitDefinition unit) =>
        workspace.Own(new ManagedUnit(workspace, unit));
}

using System.CommandLine;

namespace KadaluFsd.Kadalu.Commands;

/// <summary>All commands of the program.</summary>
internal static class KadaluTree
{
    internal static RootCommand Create() => new("Clusters and storage pools of Kadalu Storage.")
    {
        CommonOptions.Json,
        CommonOptions.Yes,
        CommonOptions.Mode,
        ClusterCommand.Create(),
        NodeCommand.Create(),
        PoolCommand.Create(),
        UnitCommand.Create(),
        HealCommand.Create(),
        TaskCommand.Create(),
        DoctorCommand.Create(),
        ManagerCommand.Create(),
    };
}

using System.Text.Json.Serialization;
using KadaluFsd.Cluster.Questions;

namespace KadaluFsd.Cluster.Commands;

/// <summary>How what commands ask of a manager or an agent is read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true, AllowDuplicateProperties = false, AllowOutOfOrderMetadataProperties = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ClusterOrder))]
[JsonSerializable(typeof(ClusterInfo))]
[JsonSerializable(typeof(BackupInfo))]
[JsonSerializable(typeof(RestoredState))]
[JsonSerializable(typeof(RecoveredCluster))]
[JsonSerializable(typeof(AdoptOrder))]
[JsonSerializable(typeof(TokenOrder))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(JoinOrder))]
[JsonSerializable(typeof(MemberInfo))]
[JsonSerializable(typeof(NodeInfo[]))]
[JsonSerializable(typeof(NodeOrder))]
[JsonSerializable(typeof(NodeNameOrder))]
[JsonSerializable(typeof(ManagerOrder))]
[JsonSerializable(typeof(PoolOrder))]
[JsonSerializable(typeof(PoolSummary[]))]
[JsonSerializable(typeof(PoolInfo[]))]
[JsonSerializable(typeof(PoolStatusAnswer))]
[JsonSerializable(typeof(TaskInfo[]))]
[JsonSerializable(typeof(PlanInfo))]
[JsonSerializable(typeof(PlanInfo[]))]
[JsonSerializable(typeof(HealStatus))]
[JsonSerializable(typeof(HealStatus[]))]
[JsonSerializable(typeof(CrawlOrder))]
[JsonSerializable(typeof(CrawlAnswer))]
[JsonSerializable(typeof(HealFiles))]
[JsonSerializable(typeof(CheckOrder))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(CompareOrder))]
[JsonSerializable(typeof(FileComparison))]
[JsonSerializable(typeof(ScrubOrder))]
[JsonSerializable(typeof(ScrubAnswer))]
[JsonSerializable(typeof(ScrubReport))]
[JsonSerializable(typeof(ResolveOrder))]
[JsonSerializable(typeof(ResolveAnswer))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(PoolAccess))]
[JsonSerializable(typeof(VolfileOrder))]
[JsonSerializable(typeof(VolfileAnswer))]
[JsonSerializable(typeof(NfsExportOrder))]
[JsonSerializable(typeof(SmbShareOrder))]
[JsonSerializable(typeof(ExportDone))]
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class CommandJson : JsonSerializerContext;

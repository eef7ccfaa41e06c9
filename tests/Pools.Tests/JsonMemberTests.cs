using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Tests;

/// <summary>What is told as JSON is what records are made of, and nothing that is worked out of it for people.</summary>
public class JsonMemberTests
{
    // Told as well: where clients go, and what a pool has only where something is wrong with it.
    private static readonly string[] s_told = ["PoolStatus.problem", "PoolStatus.volfileServers", "PoolStatus.groupProblems"];

    public static TheoryData<string> Contexts => [nameof(ControlJson), nameof(PoolJson)];

    [Theory]
    [MemberData(nameof(Contexts))]
    public void Every_member_is_a_part_of_its_record(string name)
    {
        JsonSerializerContext context = name == nameof(PoolJson) ? PoolJson.Default : ControlJson.Default;
        JsonTypeInfo[] records =
        [
            .. context.GetType().GetProperties().Where(property => property.PropertyType.IsAssignableTo(typeof(JsonTypeInfo)))
                .Select(property => (JsonTypeInfo)property.GetValue(context)!)
                .Where(type =>
                    type.Kind == JsonTypeInfoKind.Object &&
                    type.Type.Namespace!.StartsWith(nameof(KadaluFsd), StringComparison.Ordinal)),
        ];
        Assert.Contains(records, record => record.Type == (name == nameof(PoolJson) ? typeof(PoolUnitStatus) : typeof(HealStart)));
        string[] others =
        [
            .. from record in records
               let parts = record.Type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
                   .Select(part => part.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase)
               from member in record.Properties
               where !parts.Contains(member.Name) && member.Get is not null
               select $"{record.Type.Name}.{member.Name}",
        ];
        Assert.Equal(name == nameof(PoolJson) ? s_told : [], others);
    }
}

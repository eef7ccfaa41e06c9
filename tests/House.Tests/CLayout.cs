using System.Reflection;
using System.Reflection.Emit;

namespace KadaluFsd.House.Tests;

/// <summary>What C is to say of a structure and its fields, from how the runtime lays them out.</summary>
internal static class CLayout
{
    private static readonly Dictionary<Type, string> s_numbers = new()
    {
        [typeof(byte)] = "char: 1, uint8_t",
        [typeof(short)] = "int16_t",
        [typeof(ushort)] = "uint16_t",
        [typeof(int)] = "int32_t",
        [typeof(uint)] = "uint32_t",
        [typeof(long)] = "int64_t",
        [typeof(ulong)] = "uint64_t",
        [typeof(double)] = "double",
    };

    /// <summary>Assertions on a structure of ours: its size, and of each field the offset, the size and the type.</summary>
    /// <param name="type">The structure.</param>
    /// <param name="name">Its name in C.</param>
    /// <param name="fieldName">What a field of it is called there.</param>
    /// <returns>Lines of C.</returns>
    internal static IEnumerable<string> Describe(Type type, string name, Func<string, string> fieldName) =>
        [.. Place(type, name, fieldName), .. Fields(type).Select(field => TypeOf(field, $"(({name} *)0)->{fieldName(field.Name)}"))];

    /// <summary>The same without types, for structures whose fields a library declares as it likes.</summary>
    /// <param name="type">The structure.</param>
    /// <param name="name">Its name in C.</param>
    /// <param name="fieldName">What a field of it is called there.</param>
    /// <returns>Lines of C.</returns>
    internal static IEnumerable<string> Place(Type type, string name, Func<string, string> fieldName) =>
        Fields(type)
            .SelectMany(
                field => (string[])
                [Assert($"offsetof({name}, {fieldName(field.Name)}) == {OffsetOf(field)}"),
                    Assert($"sizeof((({name} *)0)->{fieldName(field.Name)}) == {SizeOf(field.FieldType)}")])
            .Prepend(Assert($"sizeof({name}) == {SizeOf(type)}"));

    /// <summary>A line of C that does not compile where something is not so.</summary>
    /// <param name="condition">What is to be so.</param>
    /// <returns>The line.</returns>
    internal static string Assert(string condition) => $"_Static_assert({condition}, \"{condition}\");";

    private static FieldInfo[] Fields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | (IsOurs(type) ? BindingFlags.NonPublic : 0));

    private static bool IsOurs(Type type) => type.Namespace!.StartsWith(Rooms.Prefix, StringComparison.Ordinal);

    // Sizes of fields are checked apart from this, so that of an array it is enough to see one element.
    private static string TypeOf(FieldInfo field, string expression)
    {
        Type type = field.FieldType;
        while (type.IsValueType && !type.IsPrimitive)
        {
            // A buffer, an inline array, or a structure that is nothing but one.
            expression = Fields(type).Single().FieldType.IsPrimitive ? $"({expression})[0]" : expression;
            type = Fields(type).Single().FieldType;
        }

        if (type.IsPointer && type.GetElementType()!.IsPrimitive)
        {
            return Assert($"_Generic(({expression}), char *: 1, const char *: 1, default: 0)");
        }

        return type.IsPointer || type == typeof(nint)
            ? Assert($"_Generic(&*({expression}), void *: 0, default: 1)")
            : Assert($"_Generic(({expression}), {s_numbers[type]}: 1, default: 0)");
    }

    private static int SizeOf(Type type) => Run(code => code.Emit(OpCodes.Sizeof, type));

    private static int OffsetOf(FieldInfo field) => Run(code =>
    {
        LocalBuilder structure = code.DeclareLocal(field.DeclaringType!);
        code.Emit(OpCodes.Ldloca, structure);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Ldloca, structure);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_I4);
    });

    // How the runtime itself lays out what is passed by its address; Marshal would tell how it copies.
    private static int Run(Action<ILGenerator> emit)
    {
        var method = new DynamicMethod("", typeof(int), [], typeof(CLayout).Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        emit(code);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }
}

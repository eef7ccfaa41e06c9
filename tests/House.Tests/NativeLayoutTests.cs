using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace KadaluFsd.House.Tests;

/// <summary>
/// The C compiler, which has the headers, says the same of structures, of places in them and of numbers as the code that passes
/// them to libkfsd, to the kernel and to OpenSSL. CC is the compiler; of another architecture, it tells of that one.
/// </summary>
public partial class NativeLayoutTests
{
    private static readonly string[] s_headers =
        ["dirent.h", "fcntl.h", "limits.h", "netinet/in.h", "openssl/ssl.h", "poll.h", "signal.h", "stddef.h", "sys/epoll.h",
            "sys/file.h", "sys/inotify.h", "sys/resource.h", "sys/socket.h", "sys/stat.h", "sys/un.h", "kfsd.h"];

    private static readonly Type[] s_types = [.. Rooms.Assemblies().SelectMany(assembly => assembly.GetTypes())];

    [Fact]
    public void Structures_are_laid_out_as_in_C()
    {
        string[] checks = [.. Structures().SelectMany(Describe), .. NativeNames.StructuresOfLibrary.SelectMany(DescribeOfLibrary)];
        string[] shared = [.. SharedStructure().Matches(House.Read("native/include/kfsd.h")).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(shared);
        Assert.All(shared, name => Assert.Contains(checks, check => check.Contains($"sizeof(struct {name})", StringComparison.Ordinal)));
        AssertCompiles(checks);
    }

    [Fact]
    public void Numbers_and_places_are_those_of_the_headers()
    {
        string[] unnamed =
            [.. from type in s_types
                where type.Name is "Libc" or "OpenSsl" or "Kfsd"
                from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)
                where field.IsLiteral && field.FieldType.IsPrimitive
                where !NativeNames.Numbers.Any(number => number.Type == type.Name && number.Constant == field.Name)
                select $"{type.Name}.{field.Name}"];
        Assert.Empty(unnamed);
        AssertCompiles(NativeNames.Numbers.Select(AssertEqual));
    }

    [Theory]
    [InlineData("PollTarget", "struct pollfd", "fd revents events", "offsetof(struct pollfd, revents) == 4")]
    [InlineData("PollTarget", "struct epoll_event", "events data data", "sizeof(((struct epoll_event *)0)->data) == 2")]
    [InlineData("ResourceLimit", "struct timespec", "tv_sec tv_nsec", "_Generic((((struct timespec *)0)->tv_sec), uint64_t")]
    public void Another_order_size_or_type_is_found(string type, string name, string fields, string finding)
    {
        var planted = NativeNames.Structures[type].Fields.Keys.Zip(fields.Split(' ')).ToDictionary(pair => pair.First, pair => pair.Second);
        Type structure = s_types.Single(known => known.Name == type);
        Assert.Contains(finding, Compile(CLayout.Describe(structure, name, field => planted[field])), StringComparison.Ordinal);
    }

    // Every structure that an import passes, and those that are read from bytes. A gfid is an array in C.
    private static IEnumerable<Type> Structures() =>
        s_types
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.ParameterType)
            .Select(type => type.HasElementType ? type.GetElementType()! : type)
            .Where(type => type.IsValueType && !type.IsEnum && type.Namespace!.StartsWith(Rooms.Prefix, StringComparison.Ordinal))
            .Where(type => type.Name != "NativeGfid")
            .Concat(s_types.Where(type => NativeNames.Structures.ContainsKey(type.Name)))
            .Distinct();

    // One of libkfsd's that is not named by the rule, and one of somebody else's that NativeNames lacks, is unknown to the compiler.
    private static IEnumerable<string> Describe(Type type) =>
        NativeNames.Structures.TryGetValue(type.Name, out (string Name, Dictionary<string, string> Fields) other)
            ? CLayout.Describe(type, other.Name, field => other.Fields[field])
            : CLayout.Describe(type, $"struct kfsd{ToSnakeCase(type.Name["Native".Length..])}", field => ToSnakeCase(field)[1..]);

    private static IEnumerable<string> DescribeOfLibrary(string name) =>
        CLayout.Place(typeof(Tmds.Linux.LibC).Assembly.GetType($"Tmds.Linux.{name}")!, $"struct {name}", field => field);

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static string AssertEqual((string Type, string Constant, string Expression) number)
    {
        object? value = s_types.Single(type => type.Name == number.Type)
            .GetField(number.Constant, BindingFlags.Static | BindingFlags.NonPublic)!.GetRawConstantValue();
        return CLayout.Assert(string.Create(CultureInfo.InvariantCulture, $"({number.Expression}) == {value}"));
    }

    private static void AssertCompiles(IEnumerable<string> checks)
    {
        string said = Compile(checks);
        Assert.True(said.Length == 0, said);
    }

    // What the compiler says: nothing, where all is so.
    private static string Compile(IEnumerable<string> checks)
    {
        string[] command = (Environment.GetEnvironmentVariable("CC") ?? "cc").Split(' ');
        var start = new ProcessStartInfo(
            command[0],
            [.. command[1..], "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Werror", "-fsyntax-only", "-I",
                Path.Combine(House.Root, "native", "include"), "-x", "c", "-"])
        { RedirectStandardInput = true, RedirectStandardError = true };
        using Process compiler = Process.Start(start)!;
        compiler.StandardInput.Write(
            string.Join('\n', [.. s_headers.Select(header => $"#include <{header}>"), .. checks, ""]));
        compiler.StandardInput.Close();
        string said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        return said;
    }

    [GeneratedRegex(@"^typedef struct (kfsd_\w+) \{", RegexOptions.Multiline)]
    private static partial Regex SharedStructure();
}

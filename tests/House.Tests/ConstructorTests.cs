using Mono.Cecil;
using Mono.Cecil.Cil;

namespace KadaluFsd.House.Tests;

/// <summary>
/// Constructors make objects. What runs begins when the process says so: no constructor starts a thread, a task, a timer or a
/// subscription.
/// </summary>
public class ConstructorTests
{
    private static readonly string[] s_starts =
    [
        "System.Threading.Thread::Start(", "System.Threading.Thread::UnsafeStart(", "System.Threading.Tasks.Task::Run(",
        "System.Threading.Tasks.TaskFactory::StartNew(",
        "System.Threading.ThreadPool::", "System.Threading.Timer::.ctor(",
        "System.Runtime.InteropServices.PosixSignalRegistration::Create(",
        "System.IO.FileSystemWatcher::.ctor(",
    ];

    [Fact]
    public void No_constructor_starts_anything()
    {
        TypeDefinition[] types = [.. Rooms.Assemblies().SelectMany(assembly => TypesOf(assembly.Location))];
        Assert.True(types.SelectMany(type => type.Methods).Count(method => method.IsConstructor) > 300);
        string[] found = [.. types.SelectMany(FindStarts)];
        Assert.True(found.Length == 0, $"constructors that start something:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void Planted_ones_are_found()
    {
        TypeDefinition[] own = [.. TypesOf(typeof(ConstructorTests).Assembly.Location)];
        Type[] planted = [typeof(StartsThread), typeof(StartsBehindItself), typeof(StartsTask), typeof(Subscribes)];
        Assert.All(planted, type => Assert.Single(FindStarts(own.Single(known => known.Name == type.Name))));
        Assert.Empty(FindStarts(own.Single(known => known.Name == nameof(StartsLater))));
    }

    private static IEnumerable<TypeDefinition> TypesOf(string path) => ModuleDefinition.ReadModule(path).GetTypes();

    // In a constructor, or in what it calls of its own type. What it only makes a delegate of is not called.
    private static IEnumerable<string> FindStarts(TypeDefinition type)
    {
        var ahead = new Stack<MethodDefinition>(type.Methods.Where(method => method.IsConstructor));
        var seen = new HashSet<MethodDefinition>(ahead);
        while (ahead.TryPop(out MethodDefinition? method))
        {
            foreach (MethodReference called in CallsOf(method))
            {
                if (s_starts.Any(start => called.FullName.Contains(start, StringComparison.Ordinal)) ||
                    called.Name.StartsWith("add_", StringComparison.Ordinal))
                {
                    yield return $"{method.FullName} calls {called.FullName}";
                }
                else if (
                    called.DeclaringType == type &&
                    called.ReturnType.GetElementType().FullName is "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1")
                {
                    yield return $"{method.FullName} calls {called.FullName}";
                }
                else if (called is MethodDefinition own && own.DeclaringType == type && seen.Add(own))
                {
                    ahead.Push(own);
                }
            }
        }
    }

    private static IEnumerable<MethodReference> CallsOf(MethodDefinition method) =>
        !method.HasBody ? [] : method.Body.Instructions
        .Where(instruction => instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj)
            .Select(instruction => instruction.Operand).OfType<MethodReference>();

    private sealed class StartsThread
    {
        public StartsThread() => new Thread(() => { }).Start();
    }

    private sealed class StartsBehindItself
    {
        private Task _task = Task.CompletedTask;

        public StartsBehindItself() => Begin();

        private void Begin() => _task = Task.Run(() => _task);
    }

    private sealed class StartsTask
    {
        public StartsTask() => _ = RunAsync();

        private static async Task RunAsync() => await Task.Yield();
    }

    private sealed class Subscribes
    {
        public Subscribes(System.Diagnostics.Process process) => process.Exited += (_, _) => { };
    }

    private sealed class StartsLater
    {
        private readonly Thread _thread;

        public StartsLater() => _thread = new Thread(Begin);

        private void Begin() => _thread.Start();
    }
}

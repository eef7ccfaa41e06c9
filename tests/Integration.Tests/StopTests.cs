using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>The very end of a process: threads that end meanwhile do not make a crash of it.</summary>
public sealed class StopTests : IntegrationTest
{
    [Fact]
    public async Task A_unit_that_is_busy_with_volfiles_stops_ten_times_without_a_crash()
    {
        string library =
            await NativeProgram.CompileAsync(Workspace, "tests/Integration.Tests/native/slow_ends.c", "-shared", "-fPIC");
        string called = Workspace.Path("called");
        string[] slowly = ["env", $"LD_PRELOAD={library}", $"SLOW_ENDS_FILE={called}"];
        await new Stops(Workspace, slowly).RunAsync(await CreateUnitAsync(), rounds: 10);
        Assert.False(File.Exists(called), "the unit ended by way of exit(3), which takes away what threads still use");

        // It would have been told.
        await Command.MustAsync("env", [.. slowly[1..], Workspace.Program, "--version"]);
        Assert.True(File.Exists(called));
    }
}

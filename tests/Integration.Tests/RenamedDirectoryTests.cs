using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Directories that are renamed while somebody who knows their gfids looks for them, as heals and NFS do.</summary>
public sealed class RenamedDirectoryTests : IntegrationTest
{
    private const int Renames = 2000;

    /// <summary>A rename removes for a moment what leads from the gfid to the directory.</summary>
    [Fact]
    public async Task A_directory_is_found_by_its_gfid_while_it_or_one_above_it_is_renamed()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        string program = await NativeProgram.CompileAsync(
            Workspace, "tests/Integration.Tests/native/find_renamed.c", "-lgfapi", "-lpthread");
        Command run = await Command.RunAsync(program, Text(unit.Port), unit.Pool, Text(Renames));
        Assert.True(run.ExitCode == 0, $"{run.Output}{run.Error}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

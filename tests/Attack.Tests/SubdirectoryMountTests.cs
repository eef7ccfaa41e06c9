using System.Globalization;
using KadaluFsd.Attack.Tests.Wire;
using KadaluFsd.Harness;
using static KadaluFsd.Attack.Tests.Wire.FileCalls;

namespace KadaluFsd.Attack.Tests;

/// <summary>What a client may say of itself when it wants to be let in (SETVOLUME).</summary>
public sealed class SubdirectoryMountTests : IntegrationTest
{
    private const int EAcces = 13;
    private const int ENoEnt = 2;

    public static TheoryData<string, int> Refused => new()
    {
        { "/..", EAcces }, { "/../..", EAcces }, { "..", EAcces }, { "/directory/..", EAcces }, { "/directory/../..", EAcces },
        { "//", EAcces }, { "//directory", EAcces },
        { "/./directory", EAcces }, { "/.", EAcces }, { "/directory//inner", EAcces }, { "/directory/.", EAcces },
        { "directory", EAcces }, { "", EAcces },
        { "/" + new string('x', 256), EAcces }, { "/" + string.Join('/', Enumerable.Repeat("directory", 500)), EAcces },
        { "/link", ENoEnt }, { "/link/empty", ENoEnt }, { "/directory/up", ENoEnt }, { "/inside", ENoEnt },
        { "/inside/inner", ENoEnt }, { "/nosuch", ENoEnt }, { "/file", ENoEnt },
        { "/file/nosuch", ENoEnt },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task One_that_leads_elsewhere_is_refused(string subdirectory, int error)
    {
        Prison prison = await CreateAsync();
        string outside = await prison.LookOutsideAsync();
        using WireClient client = await WireClient.ConnectAsync(prison.Unit.Port);
        Introduction answer = client.Introduce(prison.Unit.Directory, ("subdir-mount", subdirectory));
        Assert.Equal((-1, error), (answer.Result, answer.Error));
        Assert.StartsWith("subdirectory for mount", answer.Text, StringComparison.Ordinal);

        // Nothing is said to be there; nobody is let in afterwards, and the next one is.
        Assert.Equal(outside, await prison.LookOutsideAsync());
        using WireClient next = await prison.EnterAsync("/directory");
        Assert.Equal(0, next.LookUp(Root, "inner").Result);
        Assert.Equal(0, await prison.Process.StopAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/directory")]
    [InlineData("/directory/")]
    [InlineData("/directory/inner")]
    public async Task One_inside_is_mounted(string subdirectory)
    {
        Prison prison = await CreateAsync();
        using WireClient client = await prison.EnterAsync(subdirectory);
        Assert.Equal(0, client.MakeDirectory(Root, "made", Guid.NewGuid()).Result);
        Assert.True(Directory.Exists(prison.Unit.Directory + subdirectory.TrimEnd('/') + "/made"));
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/../..")]
    [InlineData("/link")]
    [InlineData("/nosuch")]
    public async Task The_stock_client_gives_up(string subdirectory)
    {
        Prison prison = await CreateAsync();
        string mount = Workspace.Create("mounted");
        string log = Workspace.Path("mount.log");
        await Command.RunAsync(
            "glusterfs", "--no-daemon", "--volfile-server=127.0.0.1",
            $"--volfile-server-port={prison.Unit.Port.ToString(CultureInfo.InvariantCulture)}", "--volfile-id=pool1",
            $"--subdir-mount={subdirectory}", "-l", log, mount);
        Assert.DoesNotContain(mount, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
        Assert.Contains("subdirectory for mount", await File.ReadAllTextAsync(log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_let_past_the_guard()
    {
        Prison prison = await CreateAsync("    option auth.addr.pool1-posix.allow *\n");
        using WireClient client = await WireClient.ConnectAsync(prison.Unit.Port);
        Introduction answer = client.Introduce("pool1-posix");
        Assert.Equal((-1, EAcces), (answer.Result, answer.Error));
    }

    [Fact]
    public async Task Only_a_certificate_says_who_a_client_is()
    {
        UnitDefinition unit = await CreateUnitAsync();

        // As Kadalu's manager writes it: whoever has a certificate is let in, whatever its address.
        await File.WriteAllTextAsync(
            unit.Volfile,
            (await File.ReadAllTextAsync(unit.Volfile)).Replace(
                $"auth.addr.{unit.Directory}.allow *", $"auth.addr.{unit.Directory}.allow 192.0.2.1", StringComparison.Ordinal));
        await UnitProcess.StartAsync(Workspace, unit);
        using WireClient client = await WireClient.ConnectAsync(unit.Port);
        Introduction answer = client.Introduce(unit.Directory, ("ssl-name", "anybody"));
        Assert.Equal((-1, EAcces), (answer.Result, answer.Error));
    }

    private async Task<Prison> CreateAsync(string serverOptions = "")
    {
        UnitDefinition unit = await CreateUnitAsync(serverOptions: serverOptions);
        Prison prison = await Prison.CreateAsync(Workspace, unit);
        using WireClient client = await prison.EnterAsync();
        var (directory, inner) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, client.MakeDirectory(Root, "directory", directory).Result);
        Assert.Equal(0, client.MakeDirectory(directory, "inner", inner).Result);
        Assert.Equal(0, client.SymLink(Root, "link", prison.Outside, Guid.NewGuid()).Result);
        Assert.Equal(0, client.SymLink(Root, "inside", "directory", Guid.NewGuid()).Result);
        Assert.Equal(0, client.SymLink(directory, "up", "../..", Guid.NewGuid()).Result);
        Assert.Equal(0, client.MakeNode(Root, "file", Guid.NewGuid(), Convert.ToUInt32("100644", 8)).Result);
        return prison;
    }
}

using System.Globalization;
using System.Text.Json;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>The control socket, and the commands that use it.</summary>
public sealed class ControlTests : IntegrationTest
{
    private ControlSocket Control => new(Workspace.Path("control"));

    [Fact]
    public async Task Status_is_what_the_system_says()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync();
        JsonElement status = await AskAsync("status");
        Assert.Equal("ready", status.GetProperty("state").GetString());
        Assert.Equal(unit.Directory, status.GetProperty("directory").GetString());
        Assert.Equal(unit.VolumeId, status.GetProperty("volumeId").GetGuid());
        Assert.Equal(unit.Port, status.GetProperty("port").GetInt32());
        Assert.Equal(process.Id, status.GetProperty("processId").GetInt32());
        string[] disk = (await Command.MustAsync("stat", "-f", "-c", "%b %S %c", unit.Directory)).Split(' ');
        JsonElement fileSystem = status.GetProperty("fileSystem");
        Assert.Equal(Number(disk[0]) * Number(disk[1]), fileSystem.GetProperty("sizeBytes").GetInt64());
        Assert.Equal(Number(disk[2]), fileSystem.GetProperty("inodes").GetInt64());
        Assert.Contains(
            $"directory     {unit.Directory} (volume {unit.VolumeId})\n",
            await Command.MustAsync(Workspace.Program, "status", Control.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_are_known_with_the_volfile_that_each_holds()
    {
        (UnitDefinition unit, _) = await StartAsync();
        JsonElement nobody = await AskAsync("clients");
        Assert.Empty(nobody.GetProperty("data").EnumerateArray());
        Assert.Empty(nobody.GetProperty("volfile").EnumerateArray());
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), new string('x', 100_000));
        JsonElement clients = await AskAsync("clients");
        JsonElement served = Assert.Single((await AskAsync("volfiles")).EnumerateArray());
        JsonElement data = Assert.Single(clients.GetProperty("data").EnumerateArray());
        Assert.Matches("^127\\.0\\.0\\.1:[0-9]+$", data.GetProperty("address").GetString());
        Assert.Contains($"-PID:{mount.Pid}-HOST:", data.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("10.3", data.GetProperty("version").GetString());
        Assert.Equal("pool1", data.GetProperty("volfileKey").GetString());
        Assert.InRange(data.GetProperty("bytesReceived").GetInt64(), 100_000, 1_000_000);
        Assert.InRange(data.GetProperty("connectedAt").GetDateTime(), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow);
        Assert.Equal(served.GetProperty("sha256").GetString(), data.GetProperty("volfile").GetProperty("sha256").GetString());
        JsonElement fetcher = Assert.Single(clients.GetProperty("volfile").EnumerateArray());
        JsonElement held = Assert.Single(fetcher.GetProperty("volfiles").EnumerateArray());
        Assert.Equal(served.GetProperty("sha256").GetString(), held.GetProperty("sha256").GetString());
        Assert.True(held.GetProperty("isCurrent").GetBoolean());
        Assert.Equal((1, 0), (served.GetProperty("clients").GetInt32(), served.GetProperty("outdatedClients").GetInt32()));
        Assert.Matches(
            $"CLIENT .*CURRENT\n127\\.0\\.0\\.1:[0-9]+ .*{mount.Pid} .* pool1 +yes\n\nVOLFILE CONNECTION " +
            $".*\n127\\.0\\.0\\.1:[0-9]+ .* pool1 +[0-9a-f]{{16}} +yes\n",
            await Command.MustAsync(Workspace.Program, "clients", Control.Path));
        await mount.DisposeAsync();
        await Until.SeesAsync(
            "the client that left is forgotten", async () => (await Control.GetMetricsAsync())["clients"],
            clients => clients == 0);
    }

    [Fact]
    public async Task Reload_says_what_came_of_it()
    {
        (UnitDefinition unit, _) = await StartAsync();
        Assert.Equal("reconfigured\n", await Command.MustAsync(Workspace.Program, "reload", Control.Path));
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(unit.Volfile, volfile.Replace("features/locks", "features/worm", StringComparison.Ordinal));
        Assert.StartsWith(
            "restart-needed: ", await Command.MustAsync(Workspace.Program, "reload", Control.Path), StringComparison.Ordinal);
        await File.WriteAllTextAsync(unit.Volfile, "nonsense");
        Command refused = await Command.RunAsync(Workspace.Program, "reload", Control.Path);
        Assert.Equal(8, refused.ExitCode);
        Assert.StartsWith("refused: ", refused.Output, StringComparison.Ordinal);
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
    }

    [Fact]
    public async Task Metrics_are_well_formed_and_count_what_has_happened()
    {
        (UnitDefinition unit, _) = await StartAsync();
        for (int times = 0; times < 7; times++)
        {
            await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "pool1");
        }

        await Command.RunAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "nosuch");
        await Command.RunAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "..");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        for (int file = 0; file < 20; file++)
        {
            await File.WriteAllBytesAsync(mount.In($"file{file}"), new byte[10_000]);
        }

        Directory.CreateDirectory(mount.In("directory"));
        File.Delete(mount.In("file0"));
        Assert.Throws<IOException>(() => Directory.Delete(mount.Path));
        Dictionary<string, double> values = await Control.GetMetricsAsync();
        Assert.Equal(8, values["volfile_fetches_total{result=\"given\"}"]);
        Assert.Equal(1, values["volfile_fetches_total{result=\"missing\"}"]);
        Assert.Equal(1, values["volfile_fetches_total{result=\"illegal\"}"]);
        Assert.Equal((1, 1, 1), (values["ready"], values["clients"], values["starts_total"]));
        Assert.Equal(
            (20, 0),
            (values["file_operations_total{operation=\"create\"}"],
                values["file_operation_failures_total{operation=\"create\"}"]));
        Assert.Equal(
            (1, 1),
            (values["file_operations_total{operation=\"mkdir\"}"], values["file_operations_total{operation=\"unlink\"}"]));
        Assert.Equal((200_000, 0), (values["file_bytes_total{kind=\"written\"}"], values["file_bytes_total{kind=\"read\"}"]));
        Assert.Equal(20, values["file_operation_duration_seconds_count{operation=\"create\"}"]);
        Assert.InRange(
            values["file_operation_duration_seconds_sum{operation=\"create\"}"],
            values["file_operation_max_duration_seconds{operation=\"create\"}"], 60);
        Assert.True(values["file_operation_max_duration_seconds{operation=\"create\"}"] > 0);
        await Control.GetAsync("/v1/statedump");
        Assert.InRange((await Control.GetMetricsAsync())["file_operation_duration_seconds_count{operation=\"create\"}"], 20, 20);
        Assert.InRange(values["native_memory_bytes"], 1e6, 1e9);
        string[] disk = (await Command.MustAsync("stat", "-f", "-c", "%b %S", unit.Directory)).Split(' ');
        Assert.Equal((double)(Number(disk[0]) * Number(disk[1])), values["filesystem_size_bytes"]);
    }

    [Theory]
    [InlineData("GET /livez HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("GET /readyz HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("GET /v1/volfiles/pool1 HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("GET /v1/volfiles/nosuch HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n", 404)]
    [InlineData("GET /v1/volfiles/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n", 404)]
    [InlineData("GET /v2/status HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n", 404)]
    [InlineData("DELETE /v1/status HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n", 405)]
    [InlineData("GET /v1/status HTTP/1.1\r\n\r\n", 400)]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET /v1/status HTTP/9.9\r\nHost: u\r\n\r\n", 505)]
    [InlineData("POST /v1/reload HTTP/1.1\r\nHost: u\r\nContent-Length: x\r\n\r\n", 400)]
    public async Task Every_request_has_its_answer(string request, int status)
    {
        await StartAsync();
        string answer = await Control.SendAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_may_not_is_refused_though_the_socket_lets_him_in()
    {
        await StartAsync();
        string[] asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", Workspace.Program, "status", Control.Path];
        await Command.MustAsync("chmod", "a+rx", Workspace.Root);
        await Command.MustAsync("chmod", "660", Control.Path);
        Command refused = await Command.RunAsync("setpriv", asNobody);
        Assert.Equal(12, refused.ExitCode);
        await Command.MustAsync("chmod", "666", Control.Path);
        refused = await Command.RunAsync("setpriv", asNobody);
        Assert.Equal(8, refused.ExitCode);
        Assert.Contains("only root and the process's own user and group", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_goes_with_the_unit_and_one_that_is_left_over_is_no_obstacle()
    {
        (_, UnitProcess process) = await StartAsync();
        await process.KillAsync();
        Assert.True(File.Exists(Control.Path));
        (_, process) = await StartAsync();
        Assert.Equal(0, await process.StopAsync());
        Assert.False(File.Exists(Control.Path));
    }

    [Fact]
    public async Task A_file_that_is_in_the_place_of_the_socket_stays_and_ends_the_start()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await File.WriteAllTextAsync(Control.Path, "precious");
        Command result = await Command.RunAsync(
            Workspace.Program, "unit", "--volfile", unit.Volfile, "--port", unit.Port.ToString(CultureInfo.InvariantCulture),
            "--log", Workspace.Path("log"), "--control", Control.Path);
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("something else than a socket", result.Error, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Control.Path));
    }

    [Fact]
    public async Task A_thousand_requests_at_a_time_do_not_hold_up_a_mount()
    {
        (UnitDefinition unit, _) = await StartAsync();
        Task<string>[] asking = [.. Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (int times = 0; times < 30; times++)
            {
                await Control.GetAsync("/v1/status");
            }

            return await Control.GetAsync("/livez");
        }))];
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.All(await Task.WhenAll(asking), answer => Assert.Equal("ok\n", answer));
    }

    private async Task<(UnitDefinition Unit, UnitProcess Process)> StartAsync()
    {
        UnitDefinition unit = await CreateUnitAsync();
        return (unit, await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path));
    }

    private async Task<JsonElement> AskAsync(string command)
    {
        using var json = JsonDocument.Parse(await Command.MustAsync(Workspace.Program, command, Control.Path, "--json"));
        return json.RootElement.Clone();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

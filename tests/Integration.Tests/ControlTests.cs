using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KadaluFsd.Integration.Tests.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>The control socket, and the commands that use it.</summary>
public sealed partial class ControlTests : IntegrationTest
{
    private string ControlSocket => Workspace.Path("control");

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
        Assert.Contains($"directory   {unit.Directory} (volume {unit.VolumeId})\n", await Command.MustAsync(Workspace.Program, "status", ControlSocket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_are_known_with_the_volfile_that_each_holds()
    {
        (UnitDefinition unit, _) = await StartAsync();
        Assert.Empty((await AskAsync("clients")).EnumerateArray());
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        JsonElement client = Assert.Single((await AskAsync("clients")).EnumerateArray());
        Assert.Matches("^127\\.0\\.0\\.1:[0-9]+$", client.GetProperty("address").GetString());
        JsonElement held = Assert.Single(client.GetProperty("volfiles").EnumerateArray());
        JsonElement served = Assert.Single((await AskAsync("volfiles")).EnumerateArray());
        Assert.Equal(served.GetProperty("sha256").GetString(), held.GetProperty("sha256").GetString());
        Assert.True(held.GetProperty("isCurrent").GetBoolean());
        Assert.Equal((1, 0), (served.GetProperty("clients").GetInt32(), served.GetProperty("outdatedClients").GetInt32()));
        Assert.Matches("CLIENT +SINCE +VOLFILE +SHA-256 +CURRENT\n127\\.0\\.0\\.1:[0-9]+ .* pool1 +[0-9a-f]{16} +yes\n", await Command.MustAsync(Workspace.Program, "clients", ControlSocket));
    }

    [Fact]
    public async Task Reload_says_what_came_of_it()
    {
        (UnitDefinition unit, _) = await StartAsync();
        Assert.Equal("reconfigured\n", await Command.MustAsync(Workspace.Program, "reload", ControlSocket));
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(unit.Volfile, volfile.Replace("features/locks", "features/worm", StringComparison.Ordinal));
        Assert.StartsWith("restart-needed: ", await Command.MustAsync(Workspace.Program, "reload", ControlSocket), StringComparison.Ordinal);
        await File.WriteAllTextAsync(unit.Volfile, "nonsense");
        Assert.StartsWith("refused: ", await Command.MustAsync(Workspace.Program, "reload", ControlSocket), StringComparison.Ordinal);
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
        string text = await GetAsync("/metrics");
        Dictionary<string, double> values = Parse(text);
        Assert.Equal(7, values["kadalu_fsd_volfile_fetches_total{result=\"given\"}"]);
        Assert.Equal(1, values["kadalu_fsd_volfile_fetches_total{result=\"missing\"}"]);
        Assert.Equal(1, values["kadalu_fsd_volfile_fetches_total{result=\"illegal\"}"]);
        Assert.Equal(1, values["kadalu_fsd_ready"]);
        string[] disk = (await Command.MustAsync("stat", "-f", "-c", "%b %S", unit.Directory)).Split(' ');
        Assert.Equal((double)(Number(disk[0]) * Number(disk[1])), values["kadalu_fsd_filesystem_bytes{kind=\"size\"}"]);
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
        string answer = await SendAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_may_not_is_refused_though_the_socket_lets_him_in()
    {
        await StartAsync();
        string[] asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", Workspace.Program, "status", ControlSocket];
        await Command.MustAsync("chmod", "-R", "a+rwX", Workspace.Root);
        await Command.MustAsync("chmod", "660", ControlSocket);
        Command refused = await Command.RunAsync("setpriv", asNobody);
        Assert.Equal(7, refused.ExitCode);
        await Command.MustAsync("chmod", "666", ControlSocket);
        refused = await Command.RunAsync("setpriv", asNobody);
        Assert.Equal(8, refused.ExitCode);
        Assert.Contains("403", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_goes_with_the_unit_and_one_that_is_left_over_is_no_obstacle()
    {
        (_, UnitProcess process) = await StartAsync();
        await process.KillAsync();
        Assert.True(File.Exists(ControlSocket));
        (_, process) = await StartAsync();
        Assert.Equal(0, await process.StopAsync());
        Assert.False(File.Exists(ControlSocket));
    }

    [Fact]
    public async Task A_file_that_is_in_the_place_of_the_socket_stays_and_ends_the_start()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await File.WriteAllTextAsync(ControlSocket, "precious");
        Command result = await Command.RunAsync(
            Workspace.Program, "unit", "--volfile", unit.Volfile, "--port", unit.Port.ToString(CultureInfo.InvariantCulture), "--log", Workspace.Path("log"), "--control", ControlSocket);
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("something else than a socket", result.Error, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(ControlSocket));
    }

    [Fact]
    public async Task A_thousand_requests_at_a_time_do_not_hold_up_a_mount()
    {
        (UnitDefinition unit, _) = await StartAsync();
        Task<string>[] asking = [.. Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (int times = 0; times < 30; times++)
            {
                await GetAsync("/v1/status");
            }

            return await GetAsync("/livez");
        }))];
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.All(await Task.WhenAll(asking), answer => Assert.Equal("ok\n", answer));
    }

    private async Task<(UnitDefinition Unit, UnitProcess Process)> StartAsync()
    {
        UnitDefinition unit = await CreateUnitAsync();
        return (unit, await UnitProcess.StartAsync(Workspace, unit, "--control", ControlSocket));
    }

    private async Task<JsonElement> AskAsync(string command)
    {
        using var json = JsonDocument.Parse(await Command.MustAsync(Workspace.Program, command, ControlSocket, "--json"));
        return json.RootElement.Clone();
    }

    private async Task<string> GetAsync(string path)
    {
        string answer = await SendAsync($"GET {path} HTTP/1.1\r\nHost: u\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        return answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }

    private async Task<string> SendAsync(string request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlSocket));
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        using var answer = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer) is > 0 and int count)
        {
            answer.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    // As strict as the format's description: help, type, then samples of that name and no other; no name twice.
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var values = new Dictionary<string, double>();
        var families = new HashSet<string>();
        string family = "";
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                family = help.Groups[1].Value;
                Assert.True(families.Add(family), $"{family} comes twice");
            }
            else if (Kind().Match(line) is { Success: true } kind)
            {
                Assert.Equal(family, kind.Groups[1].Value);
                Assert.Equal(kind.Groups[2].Value == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, $"not a sample: {line}");
                Assert.Equal(family, sample.Groups[1].Value);
                Assert.True(values.TryAdd(sample.Groups[1].Value + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture)), $"{line} comes twice");
            }
        }

        return values;
    }

    [GeneratedRegex("^# HELP ([a-z_]+) [^\\\\]+$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-z_]+) (counter|gauge)$")]
    private static partial Regex Kind();

    [GeneratedRegex("^([a-z_]+)((?:\\{[a-z_]+=\"[^\"\\\\]*\"(?:,[a-z_]+=\"[^\"\\\\]*\")*\\})?) ([-+0-9.E]+)$")]
    private static partial Regex Sample();
}

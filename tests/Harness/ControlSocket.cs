using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KadaluFsd.Harness;

/// <summary>The control socket of a unit under test, by HTTP.</summary>
internal sealed partial class ControlSocket(string path)
{
    internal string Path => path;

    /// <summary>Asks for something that must be there.</summary>
    internal async Task<string> GetAsync(string what)
    {
        (int status, string body) = await AskAsync("GET", what);
        Assert.True(status == 200, $"GET {what}: {status} {body}");
        return body;
    }

    /// <summary>Asks for JSON that must be there.</summary>
    internal async Task<JsonElement> GetJsonAsync(string what)
    {
        using var json = JsonDocument.Parse(await GetAsync(what));
        return json.RootElement.Clone();
    }

    /// <summary>Asks for something.</summary>
    internal async Task<(int Status, string Body)> AskAsync(string method, string what, string body = "")
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = async (_, stop) => await ConnectAsync(stop) };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://unit{what}")
        {
            Content = body.Length == 0 ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        using HttpResponseMessage answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends any bytes, and takes what comes until the end.</summary>
    internal async Task<string> SendAsync(string request)
    {
        await using NetworkStream stream = await ConnectAsync(CancellationToken.None);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private async Task<NetworkStream> ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>All figures, by name and labels, without the prefix that all have.</summary>
    internal async Task<Dictionary<string, double>> GetMetricsAsync() => ParseMetrics(await GetAsync("/metrics"));

    /// <summary>
    /// Reads figures as strictly as the format's description has it: help, type, then samples of that name and no other; no name
    /// twice; counters end with _total, summaries have _sum and _count.
    /// </summary>
    internal static Dictionary<string, double> ParseMetrics(string text)
    {
        const string Prefix = "kadalu_fsd_";
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var values = new Dictionary<string, double>();
        var families = new HashSet<string>();
        (string family, string kind) = ("", "");
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                (family, kind) = (help.Groups[1].Value, "");
                Assert.True(families.Add(family), $"{family} comes twice");
            }
            else if (Kind().Match(line) is { Success: true } type)
            {
                Assert.Equal((family, ""), (type.Groups[1].Value, kind));
                kind = type.Groups[2].Value;
                Assert.Equal(kind == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, $"not a sample: {line}");
                Assert.Contains(
                    sample.Groups[1].Value, kind == "summary" ? [family + "_sum", family + "_count"] : new[] { family });
                Assert.StartsWith(Prefix, line, StringComparison.Ordinal);
                string name = sample.Groups[1].Value[Prefix.Length..] + sample.Groups[2].Value;
                Assert.True(
                    values.TryAdd(name, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture)),
                    $"{line} comes twice");
            }
        }

        return values;
    }

    [GeneratedRegex("^# HELP ([a-z_]+) [^\\\\]+$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-z_]+) (counter|gauge|summary)$")]
    private static partial Regex Kind();

    [GeneratedRegex("^([a-z_]+)((?:\\{[a-z_]+=\"[^\"\\\\]*\"(?:,[a-z_]+=\"[^\"\\\\]*\")*\\})?) ([-+0-9.E]+)$")]
    private static partial Regex Sample();
}

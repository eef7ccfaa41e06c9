using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KadaluFsd.Harness;

/// <summary>The control socket of a unit under test, by raw HTTP.</summary>
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
        string answer =
            await SendAsync(
                $"{method} {what} HTTP/1.1\r\nHost: u\r\nConnection: close\r\nContent-Length: " +
                $"{Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        return (int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture),
            answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }

    /// <summary>Sends any bytes, and takes what comes until the end.</summary>
    internal async Task<string> SendAsync(string request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync(Encoding.UTF8.GetBytes(request));
        using var answer = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer) is > 0 and int count)
        {
            answer.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
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

using System.Buffers;
using System.Text;
using System.Text.Json;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Serving.Tests;

public sealed class AccessLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private readonly EventLoop _loop = new(NullLogger<EventLoop>.Instance);

    public AccessLogTests() => _loop.Start();

    private static byte[] Hash { get; } = [.. Enumerable.Range(0xa0, 32).Select(value => (byte)value)];

    private static AccessRecord Given { get; } = new(
        new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc), "192.0.2.7:49151", "/pool1"u8.ToArray(),
        GlusterDict.Empty.Add("max-op-version", "100000").Add("min-op-version", "1"), 0, 1500, Hash);

    public void Dispose()
    {
        _loop.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void A_fetch_is_one_line_of_text() => Assert.Equal(
        "2026-11-22T01:02:03.0000000Z 192.0.2.7:49151 \"/pool1\" ok 1500 sha256:a0a1a2a3a4a5a6a7 op-versions:1-100000\n",
        Line(Given, LogFormat.Text));

    [Fact]
    public void A_refusal_says_which() => Assert.Equal(
        "2026-11-22T01:02:03.0000000Z 192.0.2.7:49151 \"..\" errno 22 brick:/d\n",
        Line(Given with
        {
            Key = "..".Utf8(),
            Errno = 22,
            Length = 0,
            Hash = default,
            Xdata = GlusterDict.Empty.Add("brick_name", "/d")
        }, LogFormat.Text));

    [Theory]
    [InlineData("a\nb \"c\"")]
    [InlineData("\0\u001b[31m")]
    [InlineData("pööl")]
    public void Whatever_a_client_sends_a_line_is_a_line(string text)
    {
        foreach (LogFormat format in Enum.GetValues<LogFormat>())
        {
            string line =
                Line(Given with
                {
                    Key = text.Utf8(),
                    Xdata = GlusterDict.Empty.Add("brick_name", text).Add("max-op-version", text)
                }, format);
            Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
            Assert.DoesNotContain(line[..^1], character => char.IsControl(character));
        }
    }

    [Fact]
    public void Bytes_that_are_not_text_are_written_as_text()
    {
        foreach (LogFormat format in Enum.GetValues<LogFormat>())
        {
            Assert.Contains(
                "a\\uFFFDb", Line(Given with { Key = new byte[] { (byte)'a', 0xff, (byte)'b' } }, format),
                StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Json_lines_are_json()
    {
        using var line = JsonDocument.Parse(Line(Given, LogFormat.Json));
        Assert.Equal("/pool1", line.RootElement.GetProperty("key").GetString());
        Assert.Equal(1500, line.RootElement.GetProperty("bytes").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(Hash), line.RootElement.GetProperty("sha256").GetString());
        Assert.Equal("1-100000", line.RootElement.GetProperty("opVersions").GetString());
        Assert.Equal("2026-11-22T01:02:03Z", line.RootElement.GetProperty("time").GetString());
        Assert.False(line.RootElement.TryGetProperty("brick", out _));
    }

    [Theory]
    [InlineData('a')]
    [InlineData('\u0007')]
    [InlineData('\u20ac')]
    public void The_longest_fields_are_cut(char filler)
    {
        byte[] longest = new string(filler, 8192).Utf8();
        string most = new(filler, 300);
        foreach (LogFormat format in Enum.GetValues<LogFormat>())
        {
            Assert.InRange(
                Line(Given with { Key = longest, Xdata = GlusterDict.Empty.Add("brick_name", new string(filler, 8192)) },
                    format).Length, 200, 2000);
            string line =
                Line(Given with
                {
                    Key = longest,
                    Xdata = GlusterDict.Empty.Add("min-op-version", most).Add("max-op-version", most)
                }, format);
            Assert.InRange(line.Length, 256, 512 + (4 * 6 * 256));
            Assert.EndsWith(format == LogFormat.Text ? "\n" : "}\n", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Missing_lines_are_said_to_be_missing()
    {
        var output = new ArrayBufferWriter<byte>();
        AccessLine.WriteDropped(output, LogFormat.Text, Given.Time, long.MaxValue);
        Assert.Equal($"2026-11-22T01:02:03.0000000Z dropped:{long.MaxValue}\n", Encoding.UTF8.GetString(output.WrittenSpan));
        output.Clear();
        AccessLine.WriteDropped(output, LogFormat.Json, Given.Time, 3);
        using var line = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(3, line.RootElement.GetProperty("dropped").GetInt32());
    }

    [Fact]
    public async Task A_log_that_is_moved_away_is_opened_anew()
    {
        string path = Path.Combine(_directory.FullName, "logs", "access.log");
        using (var log = Open(path))
        {
            Add(log, Given);
            await Until.SeesAsync("the first line is written", () => File.ReadLines(path).Count(), lines => lines == 1);
            File.Move(path, path + ".1");
            Add(log, Given);
            await Until.SeesAsync(
                "the log is opened anew and has the second line", () => File.Exists(path) ? File.ReadLines(path).Count() : 0,
                lines => lines == 1);
            Add(log, Given);
        }

        Assert.Equal(2, File.ReadLines(path).Count());
        Assert.Single(File.ReadLines(path + ".1"));
    }

    [Fact]
    public void Each_fetch_has_its_line_in_order_however_many_come_together()
    {
        const int Rounds = 2000;
        string path = Path.Combine(_directory.FullName, "access.log");
        AccessRecord other = Given with { Key = "other".Utf8() };
        using (var log = Open(path))
        {
            for (int round = 0; round < Rounds; round++)
            {
                Add(log, Given, Given, other, Given);
            }
        }

        string[] four =
            [Line(Given, LogFormat.Text), Line(Given, LogFormat.Text), Line(other, LogFormat.Text), Line(Given, LogFormat.Text)];
        Assert.Equal(string.Concat(Enumerable.Repeat(string.Concat(four), Rounds)), File.ReadAllText(path));
    }

    private AccessLog Open(string path)
    {
        var log = new AccessLog(new AccessLogOptions { Path = path, Format = LogFormat.Text }, _loop);
        log.Open();
        return log;
    }

    private void Add(AccessLog log, params AccessRecord[] records) =>
        _loop.Invoke(() => Array.ForEach(records, record => log.Add(record)));

    // By way of the form in which records wait.
    private static string Line(AccessRecord record, LogFormat format)
    {
        var kept = new ArrayBufferWriter<byte>();
        record.Append(kept);
        ReadOnlyMemory<byte> rest = kept.WrittenMemory;
        var output = new ArrayBufferWriter<byte>();
        AccessLine.Write(output, format, AccessRecord.Of(AccessRecord.TakeBytes(ref rest)));
        Assert.True(rest.IsEmpty);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

/// <summary>Text as bytes.</summary>
internal static class Utf8Text
{
    internal static byte[] Utf8(this string text) => Encoding.UTF8.GetBytes(text);
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Shared;

namespace KadaluFsd.Fsd.Tests;

public sealed class AccessLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private static AccessRecord Given { get; } =
        new(new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc), "192.0.2.7:49151", "/pool1", 0, 1500, "abc", "1-100000", null);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_fetch_is_one_line_of_text() => Assert.Equal(
        "2026-11-22T01:02:03.0000000Z 192.0.2.7:49151 \"/pool1\" ok 1500 sha256:abc op-versions:1-100000\n",
        Line(Given, AccessLogFormat.Text, dropped: 0));

    [Fact]
    public void A_refusal_says_which() => Assert.Equal(
        "2026-11-22T01:02:03.0000000Z 192.0.2.7:49151 \"..\" errno 22 brick:/d dropped:3\n",
        Line(Given with { Key = "..", Errno = 22, Hash = null, Versions = null, Brick = "/d" }, AccessLogFormat.Text, dropped: 3));

    [Theory]
    [InlineData("a\nb \"c\"")]
    [InlineData("\0\u001b[31m")]
    public void Whatever_a_key_holds_a_line_is_a_line(string key)
    {
        foreach (AccessLogFormat format in Enum.GetValues<AccessLogFormat>())
        {
            string line = Line(Given with { Key = key, Brick = key }, format, dropped: 0);
            Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
            Assert.DoesNotContain(line[..^1], character => char.IsControl(character));
        }
    }

    [Fact]
    public void Json_lines_are_json()
    {
        using var line = JsonDocument.Parse(Line(Given, AccessLogFormat.Json, dropped: 0));
        Assert.Equal("/pool1", line.RootElement.GetProperty("key").GetString());
        Assert.Equal(1500, line.RootElement.GetProperty("bytes").GetInt32());
        Assert.Equal("2026-11-22T01:02:03Z", line.RootElement.GetProperty("time").GetString());
        Assert.False(line.RootElement.TryGetProperty("brick", out _));
    }

    [Theory]
    [InlineData('a')]
    [InlineData('\u0007')]
    [InlineData('\u20ac')]
    public void The_longest_fields_are_cut(char filler)
    {
        string longest = new(filler, 8192);
        foreach (AccessLogFormat format in Enum.GetValues<AccessLogFormat>())
        {
            string line = Line(Given with { Key = longest, Versions = longest, Brick = longest, Hash = new string('f', 64) }, format, long.MaxValue);
            Assert.InRange(line.Length, 3 * 256, 512 + (3 * 6 * 256));
            Assert.EndsWith(format == AccessLogFormat.Text ? $" dropped:{long.MaxValue}\n" : $"\"dropped\":{long.MaxValue}}}\n", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_log_that_is_moved_away_is_opened_anew()
    {
        string path = Path.Combine(_directory.FullName, "logs", "access.log");
        using (var log = AccessLog.Create(path, AccessLogFormat.Text))
        {
            log.Add(Given);
            await Until.SoAsync(() => File.ReadLines(path).Count() == 1);
            File.Move(path, path + ".1");
            log.Add(Given);
            await Until.SoAsync(() => File.Exists(path) && File.ReadLines(path).Count() == 1);
            log.Add(Given);
        }

        Assert.Equal(2, File.ReadLines(path).Count());
        Assert.Single(File.ReadLines(path + ".1"));
    }

    private static string Line(AccessRecord record, AccessLogFormat format, long dropped)
    {
        var output = new ArrayBufferWriter<byte>();
        record.Write(output, format, dropped);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

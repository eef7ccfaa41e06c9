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
        "2026-11-22T01:02:03.000000Z 192.0.2.7:49151 \"/pool1\" ok 1500 sha256:abc op-versions:1-100000\n",
        AccessLog.Format(Given, AccessLogFormat.Text, dropped: 0));

    [Fact]
    public void A_refusal_says_which() => Assert.Equal(
        "2026-11-22T01:02:03.000000Z 192.0.2.7:49151 \"..\" errno 22 brick:/d dropped:3\n",
        AccessLog.Format(Given with { Key = "..", Errno = 22, Hash = null, Versions = null, Brick = "/d" }, AccessLogFormat.Text, dropped: 3));

    [Theory]
    [InlineData("a\nb \"c\"")]
    [InlineData("\0\u001b[31m")]
    public void Whatever_a_key_holds_a_line_is_a_line(string key)
    {
        foreach (AccessLogFormat format in Enum.GetValues<AccessLogFormat>())
        {
            string line = AccessLog.Format(Given with { Key = key, Brick = key }, format, dropped: 0);
            Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
            Assert.DoesNotContain(line[..^1], character => char.IsControl(character));
        }
    }

    [Fact]
    public void Json_lines_are_json()
    {
        using var line = JsonDocument.Parse(AccessLog.Format(Given, AccessLogFormat.Json, dropped: 0));
        Assert.Equal("/pool1", line.RootElement.GetProperty("key").GetString());
        Assert.Equal(1500, line.RootElement.GetProperty("bytes").GetInt32());
        Assert.Equal("2026-11-22T01:02:03Z", line.RootElement.GetProperty("time").GetString());
        Assert.False(line.RootElement.TryGetProperty("brick", out _));
    }

    [Fact]
    public async Task A_log_that_is_moved_away_is_opened_anew()
    {
        string path = Path.Combine(_directory.FullName, "logs", "access.log");
        await using (var log = AccessLog.Create(path, AccessLogFormat.Text))
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
}

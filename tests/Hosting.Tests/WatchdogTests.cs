using System.Globalization;

namespace KadaluFsd.Hosting.Tests;

public class WatchdogTests
{
    [Theory]
    [InlineData("30000000", null, 15)]
    [InlineData("30000000", "own", 15)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, "own", null)]
    public void It_tells_twice_as_often_as_the_service_manager_wants_and_only_when_this_process_is_meant(
        string? microseconds, string? pid, int? seconds)
    {
        var environment = new Dictionary<string, string?>
        {
            ["WATCHDOG_USEC"] = microseconds,
            ["WATCHDOG_PID"] = pid == "own" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : pid,
        };
        Assert.Equal(
            seconds is { } expected ? TimeSpan.FromSeconds(expected) : null,
            Watchdog.ReadInterval(environment.GetValueOrDefault));
    }
}

using System.Text;

namespace KadaluFsd.Contract.Tests;

public class ProcessStartTests
{
    [Fact]
    public void A_unit_is_told_its_options_by_their_names_and_nothing_that_is_not_given()
    {
        var start = new UnitStart { Volfile = "/v/pool1.u1.vol", Port = 24100, PidFile = "/run/pool1.u1.pid", NodePort = 24199 };
        Assert.Equal(
            """
            {
              "port": 24100,
              "node-port": 24199,
              "volfile": "/v/pool1.u1.vol",
              "pid-file": "/run/pool1.u1.pid"
            }
            """,
            Encoding.UTF8.GetString(start.ToJson()));
    }

    [Fact]
    public void Other_options_stand_beside_them()
    {
        var start = new UnitStart
        {
            Volfile = "/v",
            Port = 1,
            Others = new Dictionary<string, object> { ["allow"] = "10.0.0.0/8", ["log"] = "/say \"log\"" },
        };
        Assert.Equal(
            """
            {
              "port": 1,
              "volfile": "/v",
              "allow": "10.0.0.0/8",
              "log": "/say \u0022log\u0022"
            }
            """,
            Encoding.UTF8.GetString(start.ToJson()));
    }

    [Fact]
    public void What_a_start_would_change_is_found_by_name()
    {
        var start = new UnitStart
        {
            Volfile = "/v",
            Port = 1,
            Log = "/log",
            Others = new Dictionary<string, object> { ["allow"] = "10.0.0.0/8", ["tls"] = "off" },
        };
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, start.ToJson());
            Assert.Empty(start.FindChanges(file));
            Assert.Empty((start with { Port = 2, NodePort = 3 }).FindChanges(file));
            Assert.Equal(
                ["allow", "bind-address", "log", "stop-timeout", "tls"],
                (start with
                {
                    Log = "/other",
                    BindAddress = "10.0.0.1",
                    Others = new Dictionary<string, object> { ["allow"] = "10.0.0.0/16", ["stop-timeout"] = "7" },
                }).FindChanges(file).Order(StringComparer.Ordinal));
            File.WriteAllText(file, "{");
            Assert.Empty(start.FindChanges(file));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Empty(start.FindChanges(file));
    }

    [Fact]
    public void A_heal_daemon_is_told_the_name_of_its_pool()
    {
        var start = new HealDaemonStart { Volfile = "/v", Pool = "pool1", Log = "/log", Control = "/run/control" };
        Assert.Equal(
            """
            {
              "pool": "pool1",
              "volfile": "/v",
              "log": "/log",
              "control": "/run/control"
            }
            """,
            Encoding.UTF8.GetString(start.ToJson()));
    }
}

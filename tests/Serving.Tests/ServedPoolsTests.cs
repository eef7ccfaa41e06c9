using System.Net;
using System.Text;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Tests;

public class ServedPoolsTests
{
    private const string Client =
        "volume c\n    type protocol/client\n    option remote-host a\n    option remote-subvolume /d\n{0}end-volume\n";
    private const string Healer =
        Client + "volume r\n    type cluster/replicate\n    option iam-self-heal-daemon YES\n    subvolumes c\nend-volume\n";
    private const string Unit =
        "volume p\n    type storage/posix\n    option directory /d\nend-volume\nvolume s\n    type protocol/server\n{0}    " +
        "subvolumes p\nend-volume\n";

    [Theory]
    [InlineData(Client, "", true, true, true)]
    [InlineData(Client, "    option password x\n", true, true, true)]
    [InlineData(Healer, "", false, true, true)]
    [InlineData(Healer, "    option password x\n", false, false, true)]
    [InlineData(Unit, "", false, true, true)]
    [InlineData(Unit, "    option auth.login.user.password x\n", false, false, true)]
    public void Who_may_have_a_volfile_goes_by_what_it_is_and_whether_it_has_a_password(
        string text, string option, bool remote, bool loopback, bool socket)
    {
        var volfile =
            StoredVolfile.Check(
                "k", Encoding.UTF8.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, option)),
                new ServerList(null, 1, []));
        Assert.Equal(remote, ServedPools.MayHave(volfile, new VolfilePeer(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 1))));
        Assert.Equal(loopback, ServedPools.MayHave(volfile, new VolfilePeer(new IPEndPoint(IPAddress.Loopback, 1))));
        Assert.Equal(socket, ServedPools.MayHave(volfile, new VolfilePeer(null)));
    }
}

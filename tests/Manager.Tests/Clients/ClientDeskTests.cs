using KadaluFsd.Cluster.Questions;
using KadaluFsd.Manager.Clients;

namespace KadaluFsd.Manager.Tests.Clients;

/// <summary>Which Export_Id clients are told.</summary>
public class ClientDeskTests
{
    [Fact]
    public void The_number_is_that_of_an_export_or_one_that_may_be_free()
    {
        Assert.Null(ClientDesk.Choose([]));
        Assert.Equal(103, ClientDesk.Choose([new NfsNumbers(null, 101), new NfsNumbers(null, 103)]));
        Assert.Equal(7, ClientDesk.Choose([new NfsNumbers(null, 101), new NfsNumbers(7, 103)]));
    }
}

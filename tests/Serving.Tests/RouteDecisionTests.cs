using System.Buffers.Binary;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Shared;

namespace KadaluFsd.Serving.Tests;

public class RouteDecisionTests
{
    [Theory]
    [InlineData("getspec-fuse-call", nameof(Route.Managed))]
    [InlineData("getspec-gfapi-call", nameof(Route.Managed))]
    [InlineData("getspec-brick-call", nameof(Route.Managed))]
    [InlineData("portbybrick-call", nameof(Route.Managed))]
    [InlineData("dump-call", nameof(Route.Native))]
    [InlineData("ping-call", nameof(Route.Native))]
    [InlineData("setvolume-call", nameof(Route.Native))]
    [InlineData("getspec-fuse-reply", nameof(Route.Refused))]
    public void What_clients_say_first_goes_to_whom_it_concerns(string record, string route)
    {
        byte[] bytes = Golden.Read(record);
        Assert.Equal(route, RouteDecision.ForUnitPort(bytes).ToString());
        for (int length = 0; length < 12; length++)
        {
            Assert.Equal(Route.Undecided, RouteDecision.ForUnitPort(bytes.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(1298437u, 400u, 27u, 2u, nameof(Route.Native))]
    [InlineData(1298437u, 330u, 27u, 2u, nameof(Route.Native))]
    [InlineData(14398633u, 2u, 4u, 2u, nameof(Route.Native))]
    [InlineData(14398633u, 2u, 6u, 2u, nameof(Route.Managed))]
    [InlineData(14398633u, 2u, 7u, 2u, nameof(Route.Managed))]
    [InlineData(34123456u, 1u, 1u, 2u, nameof(Route.Managed))]
    [InlineData(100003u, 3u, 1u, 2u, nameof(Route.Managed))]
    [InlineData(1298437u, 400u, 27u, 3u, nameof(Route.Managed))]
    public void Calls_by_program_and_procedure(uint program, uint version, uint procedure, uint rpcVersion, string route)
    {
        byte[] call = new byte[28];
        uint[] words = [0x8000_0040, 7, 0, rpcVersion, program, version, procedure];
        for (int index = 0; index < words.Length; index++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(call.AsSpan(4 * index), words[index]);
        }

        Assert.Equal(route, RouteDecision.ForUnitPort(call).ToString());
    }

    [Theory]
    [InlineData("160301", nameof(Route.Managed))]
    [InlineData("00000004", nameof(Route.Managed))]
    [InlineData("474554202f20", nameof(Route.Refused))]
    public void What_is_no_call(string hex, string route) =>
        Assert.Equal(route, RouteDecision.ForUnitPort(Convert.FromHexString(hex)).ToString());

    [Theory]
    [InlineData("160301", nameof(Route.Native), nameof(Route.Managed))]
    [InlineData("00000004", nameof(Route.Managed), nameof(Route.Managed))]
    [InlineData("474554202f20", nameof(Route.Refused), nameof(Route.Refused))]
    public void Tls_is_the_graph_s_where_it_speaks_it_and_never_on_a_port_for_volfiles(
        string hex, string encrypted, string volfiles)
    {
        Assert.Equal(encrypted, RouteDecision.ForEncryptedUnitPort(Convert.FromHexString(hex)).ToString());
        Assert.Equal(volfiles, RouteDecision.ForVolfilePort(Convert.FromHexString(hex)).ToString());
    }
}

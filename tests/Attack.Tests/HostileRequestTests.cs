using KadaluFsd.Harness;

namespace KadaluFsd.Attack.Tests;

/// <summary>Requests on the control socket that are no HTTP, or say that more follows than there can be.</summary>
public sealed class HostileRequestTests : IntegrationTest
{
    [Theory]
    [InlineData("FFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFF")]
    [InlineData("7FFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("-1")]
    [InlineData("size")]
    public async Task A_chunk_that_cannot_be_is_refused_in_words(string size)
    {
        UnitDefinition unit = await CreateUnitAsync();
        string socket = Workspace.Path("control.sock");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--control", socket);
        var control = new ControlSocket(socket);
        string answer =
            await control.SendAsync(
                "PUT /v1/log HTTP/1.1\r\nHost: u\r\nConnection: close\r\nTransfer-Encoding: " +
                $"chunked\r\n\r\n{size}\r\n{{}}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
        Assert.Equal(200, (await control.AskAsync("GET", "/livez")).Status);
        Assert.DoesNotContain("nhandled exception", process.LogText, StringComparison.Ordinal);
    }
}

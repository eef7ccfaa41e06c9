using System.Net.Sockets;
using System.Text;
using KadaluFsd.Shared;

namespace KadaluFsd.Contract.Tests;

/// <summary>What is made of answers on a control socket, and of none, by a server that says what a test wants.</summary>
public sealed class ControlClientTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private string SocketPath => Path.Combine(_directory.FullName, "control.sock");

    public ControlClientTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_asked_arrives_and_what_is_answered_comes_back()
    {
        Task<string> asked = AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nü1");
        Assert.Equal("ü1", await AskAsync("POST", "/v1/reload", "body"));
        string request = await asked;
        Assert.StartsWith("POST /v1/reload HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nbody", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"error\": \"it is draining\"}", "it is draining")]
    [InlineData("{\"graph\": \"refused\", \"reason\": \"line 3\"}", "line 3")]
    [InlineData("{\"error\": 5}", "409: {\"error\": 5}")]
    [InlineData("[1]", "409: [1]")]
    [InlineData("not json\n", "409: not json")]
    [InlineData("", "409: ")]
    public async Task A_refusal_is_told_by_its_reason(string body, string words)
    {
        Task<string> asked =
            AnswerAsync($"HTTP/1.1 409 Conflict\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => AskAsync("GET", "/v1/status"));
        Assert.Equal((ExitCode.PeerRefused, $"{SocketPath}: {words}"), (refused.Code, refused.Message));
        await asked;
    }

    [Fact]
    public async Task More_than_anybody_takes_is_not_sent()
    {
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => ControlClient.AskAsync(
            SocketPath, "POST", "/v1/tasks", new byte[ControlClient.MaxRequestBytes + 1], CancellationToken.None));
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains("too long: 8388609 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public async Task A_process_that_breaks_off_or_is_another_one_is_not_reached(string answer)
    {
        Task<string> asked = AnswerAsync(answer);
        CommandException broken = await Assert.ThrowsAsync<CommandException>(() => AskAsync("GET", "/v1/status"));
        Assert.Equal(ExitCode.PeerUnreachable, broken.Code);
        Assert.StartsWith($"{SocketPath}: ", broken.Message, StringComparison.Ordinal);
        await asked;
    }

    [Fact]
    public async Task Nobody_is_sent_elsewhere()
    {
        Task<string> asked = AnswerAsync("HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains(
            "302", (await Assert.ThrowsAsync<CommandException>(() => AskAsync("GET", "/v1/status"))).Message,
            StringComparison.Ordinal);
        await asked;
    }

    [Fact]
    public async Task Who_does_not_answer_is_waited_for_as_long_as_is_said()
    {
        CommandException silent = await Assert.ThrowsAsync<CommandException>(() => ControlClient.AskAsync(
            SocketPath, "GET", "/v1/status", default, CancellationToken.None, TimeSpan.FromMilliseconds(50)));
        Assert.Equal(
            (ExitCode.PeerUnreachable, $"{SocketPath}: no answer within 0.05 s"), (silent.Code, silent.Message));
    }

    [Fact]
    public async Task Who_asks_may_stop_to_wait()
    {
        using var stop = new CancellationTokenSource();
        Task<string> asking = ControlClient.AskAsync(SocketPath, "GET", "/v1/status", default, stop.Token);
        using Socket accepted = await _listener.AcceptAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_said_whether_there_is_a_socket()
    {
        // As a process leaves it that was killed: .NET would remove the file.
        File.Move(SocketPath, SocketPath + ".kept");
        _listener.Dispose();
        File.Move(SocketPath + ".kept", SocketPath);
        CommandException dead = await Assert.ThrowsAsync<CommandException>(() => AskAsync("GET", "/v1/status"));
        Assert.Equal(ExitCode.PeerUnreachable, dead.Code);
        Assert.DoesNotContain("no such socket", dead.Message, StringComparison.Ordinal);
        File.Delete(SocketPath);
        CommandException none = await Assert.ThrowsAsync<CommandException>(() => AskAsync("GET", "/v1/status"));
        Assert.Equal(
            (ExitCode.PeerUnreachable, $"{SocketPath}: there is no such socket: what makes it does not run"),
            (none.Code, none.Message));
    }

    private Task<string> AskAsync(string method, string path, string body = "") =>
        ControlClient.AskAsync(SocketPath, method, path, Encoding.UTF8.GetBytes(body), CancellationToken.None);

    // Reads one request, says what it is to say, and closes.
    private async Task<string> AnswerAsync(string answer)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        using Socket accepted = await _listener.AcceptAsync(limit.Token);
        byte[] bytes = new byte[4096];
        string request = "";
        while (!IsWhole(request))
        {
            int count = await accepted.ReceiveAsync(bytes, limit.Token);
            Assert.NotEqual(0, count);
            request += Encoding.UTF8.GetString(bytes, 0, count);
        }

        await accepted.SendAsync(Encoding.UTF8.GetBytes(answer), limit.Token);
        return request;
    }

    private static bool IsWhole(string request)
    {
        int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        const string Length = "Content-Length: ";
        int at = request.IndexOf(Length, StringComparison.Ordinal);
        return at < 0 || request.Length - end - 4 >=
            int.Parse(request[(at + Length.Length)..request.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture);
    }
}

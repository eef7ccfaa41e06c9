using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Contract;

/// <summary>Client of control sockets: one request, one answer.</summary>
public static class ControlClient
{
    /// <summary>Most bytes of what is sent along: the longest volfile.</summary>
    public const int MaxRequestBytes = Volgen.VolfileParser.MaxLength;

    private const int MaxAnswer = 64 * 1024 * 1024;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    // The host name in the URL means nothing.
    private static readonly Uri s_anybody = new("http://unit");

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="socket">Path of the control socket.</param>
    /// <param name="path">Path, such as <c>/v1/status</c>.</param>
    /// <param name="body">The body of the request; may be empty.</param>
    /// <param name="patience">How long to wait for the answer; null for the default, which is enough for requests that wait for
    /// nothing.</param>
    /// <exception cref="CommandException">No process answers, or it answers with an error.</exception>
    public static Task<string> AskAsync(
        string socket, string method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation,
        TimeSpan? patience = null) => SendAsync(
            socket, method, path, body, HttpCompletionOption.ResponseContentRead,
            (content, token) => content.ReadAsStringAsync(token), patience, cancellation);

    /// <summary>The same for who reads the answer and does not show it: UTF-8 as it came.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public static Task<byte[]> AskBytesAsync(
        string socket, string method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation,
        TimeSpan? patience = null) => SendAsync(
            socket, method, path, body, HttpCompletionOption.ResponseContentRead,
            (content, token) => content.ReadAsByteArrayAsync(token), patience, cancellation);

    /// <summary>Asks for what may be long.</summary>
    /// <param name="socket">Path of the control socket.</param>
    /// <param name="path">Path, such as <c>/v1/backup</c>.</param>
    /// <param name="into">Gets the answer, all of it or the beginning. The caller closes it.</param>
    /// <param name="patience">How long to wait for the end of the answer.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">No process answers, not all of it has come, or it is an error.</exception>
    public static Task DownloadAsync(
        string socket, string path, Stream into, TimeSpan patience, CancellationToken cancellation) => SendAsync(
            socket, "GET", path, default, HttpCompletionOption.ResponseHeadersRead,
            async (content, token) =>
            {
                await content.CopyToAsync(into, token);
                return true;
            },
            patience, cancellation);

    private static async Task<T> SendAsync<T>(
        string socket, string method, string path, ReadOnlyMemory<byte> body, HttpCompletionOption until,
        Func<HttpContent, CancellationToken, Task<T>> read, TimeSpan? patience, CancellationToken cancellation)
    {
        // Who is sent more closes the connection, perhaps before that can be read.
        if (body.Length > MaxRequestBytes)
        {
            throw new CommandException(
                ExitCode.Usage, $"what is to be sent is too long: {body.Length} bytes, and {MaxRequestBytes} are the most");
        }

        TimeSpan timeout = patience ?? s_timeout;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            using var handler = new SocketsHttpHandler
            {
                ConnectCallback = (_, token) => ConnectAsync(socket, token),
                UseProxy = false,
                AllowAutoRedirect = false,
            };
            using var client = new HttpClient(handler)
            {
                BaseAddress = s_anybody,
                Timeout = Timeout.InfiniteTimeSpan,
                MaxResponseContentBufferSize = MaxAnswer,
            };
            using var request =
                new HttpRequestMessage(new HttpMethod(method), path) { Content = new ReadOnlyMemoryContent(body) };
            request.Headers.ConnectionClose = true;
            using HttpResponseMessage response = await client.SendAsync(request, until, deadline.Token);
            return response.IsSuccessStatusCode
                ? await read(response.Content, deadline.Token)
                : throw Refused(socket, await response.Content.ReadAsStringAsync(deadline.Token), response.StatusCode);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            throw Unreachable(
                socket, exception.InnerException as SocketException,
                exception.InnerException is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
                    ? "the process has ended before it answered" : (exception.InnerException ?? exception).Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"{socket}: no answer within {timeout.TotalSeconds} s");
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(LocalSocketPath.For(path).Bound), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static CommandException Unreachable(string socket, SocketException? refused, string message) => refused switch
    {
        not null when !File.Exists(LocalSocketPath.For(socket).Bound) =>
            new CommandException(ExitCode.PeerUnreachable, $"{socket}: there is no such socket: what makes it does not run"),
        { SocketErrorCode: SocketError.AccessDenied } =>
            SystemRefusal.From(new UnauthorizedAccessException(refused.Message), socket),
        _ => new CommandException(ExitCode.PeerUnreachable, $"{socket}: {refused?.Message ?? message}"),
    };

    // Whoever answers for others says by which code a command ends; nobody needs to know then who has passed it on.
    private static CommandException Refused(string socket, string answer, HttpStatusCode status)
    {
        try
        {
            if (JsonSerializer.Deserialize(answer, ControlJson.Default.ControlError) is { Code: { } code } error)
            {
                return new CommandException((ExitCode)code, error.Error);
            }
        }
        catch (JsonException)
        {
            // It is of another form.
        }

        return new CommandException(ExitCode.PeerRefused, $"{socket}: {ReasonOf(answer, status)}");
    }

    // A refusal is {"error": …}, or the result of what was tried.
    private static string ReasonOf(string answer, HttpStatusCode status)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            foreach (string name in (string[])["error", "reason"])
            {
                if (json.RootElement.TryGetProperty(name, out JsonElement reason) && reason.ValueKind == JsonValueKind.String)
                {
                    return reason.GetString()!;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Anything else is shown as it is.
        }

        return $"{(int)status}: {answer.TrimEnd()}";
    }
}

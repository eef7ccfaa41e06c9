using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Contract;
using KadaluFsd.Volgen;

namespace KadaluFsd.Cluster.Transport;

/// <summary>Asks one other node, or a manager, over TLS: JSON goes and comes.</summary>
/// <param name="host">A name or an address.</param>
/// <param name="port">Its port.</param>
/// <param name="tls">Says who is to be there; gets a way to say why it is not, or null that it is.</param>
public sealed class PeerClient(string host, int port, Func<Action<string?>, SslClientAuthenticationOptions> tls) : IDisposable
{
    /// <summary>The longest answer, in bytes.</summary>
    public const int MaxAnswer = 64 * 1024 * 1024;

    /// <summary>The longest line of an answer that comes line by line, in bytes.</summary>
    public const int MaxLine = 64 * 1024;

    // The kernel answers, however busy the machine is; who serves there may be very busy.
    private static readonly TimeSpan s_connectsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_agreesWithin = TimeSpan.FromSeconds(60);

    // As tcp(7) has it: how long the other end may leave unacknowledged what it was sent.
    private const int TcpUserTimeout = 18;
    private static readonly TimeSpan s_deadWithin = TimeSpan.FromSeconds(20);

    // Less than servers wait before they close it.
    private static readonly TimeSpan s_idleAtMost = TimeSpan.FromSeconds(20);

    private readonly Lazy<(HttpClient Client, Func<string?> FindRefusal)> _http = new(() => Create(host, port, tls));

    /// <summary>Asks, and reads the answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Such as <c>/v1/join</c>.</param>
    /// <param name="body">What is sent; null for nothing.</param>
    /// <param name="patience">How long to wait for the answer.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="CommandException">Nobody answers, somebody else does, or the answer is a refusal.</exception>
    public async Task<byte[]> AskAsync(
        HttpMethod method, string path, byte[]? body, TimeSpan patience, CancellationToken cancellation)
    {
        (HttpStatusCode status, byte[] answer) = await SendAsync(method, path, body, patience, cancellation);
        return (int)status is >= 200 and < 300 ? answer : throw Refused(answer, status);
    }

    /// <summary>Asks, and hands on what is answered, a refusal too.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Such as <c>/v1/pools</c>, with a query.</param>
    /// <param name="body">What is sent; null for nothing.</param>
    /// <param name="patience">How long to wait for the answer.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">Nobody answers, or somebody else does.</exception>
    public async Task<(HttpStatusCode Status, byte[] Answer)> SendAsync(
        HttpMethod method, string path, byte[]? body, TimeSpan patience, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        return await ExplainAsync(
            async () =>
            {
                using HttpResponseMessage response =
                    await StartAsync(method, path, body, HttpCompletionOption.ResponseContentRead, deadline.Token);
                return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline.Token));
            },
            patience, cancellation);
    }

    /// <summary>Asks for what comes line by line.</summary>
    /// <param name="path">Such as <c>/v1/steps</c>.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="take">Gets each line, without its end. Empty ones only say that there is somebody still.</param>
    /// <param name="silence">How long to wait for the next line, an empty one too.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">Nobody answers, somebody else does, the answer is a refusal, or it ends early.</exception>
    public async Task AskForLinesAsync(
        string path, byte[] body, Action<string> take, TimeSpan silence, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(silence);
        await ExplainAsync(
            async () =>
            {
                using HttpResponseMessage response =
                    await StartAsync(HttpMethod.Post, path, body, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
                if (!response.IsSuccessStatusCode)
                {
                    throw Refused(await response.Content.ReadAsByteArrayAsync(deadline.Token), response.StatusCode);
                }

                Stream lines = await response.Content.ReadAsStreamAsync(deadline.Token);
                if (!await AnswerLines.ReadAsync(lines, MaxLine, line =>
                {
                    deadline.CancelAfter(silence);
                    take(line);
                }, deadline.Token))
                {
                    throw new CommandException(
                        ExitCode.PeerRefused, $"{Name}: a line of its answer is longer than {MaxLine} bytes");
                }

                return true;
            },
            silence, cancellation);
    }

    /// <summary>Sends a record, and reads another one.</summary>
    /// <typeparam name="TQuestion">What is sent.</typeparam>
    /// <typeparam name="TAnswer">What comes back.</typeparam>
    /// <param name="path">Such as <c>/v1/join</c>.</param>
    /// <param name="question">What is sent.</param>
    /// <param name="questionType">How it is written.</param>
    /// <param name="answerType">How the answer is read.</param>
    /// <param name="patience">How long to wait for the answer.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">As for the other; or the answer is of another form.</exception>
    public async Task<TAnswer> AskAsync<TQuestion, TAnswer>(
        string path, TQuestion question, JsonTypeInfo<TQuestion> questionType, JsonTypeInfo<TAnswer> answerType,
        TimeSpan patience, CancellationToken cancellation)
        where TAnswer : class
    {
        byte[] answer = await AskAsync(
            HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(question, questionType), patience, cancellation);
        return AnswerText.Read(answer, answerType, $"{Name}: {AnswerText.Its}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Client.Dispose();
        }
    }

    private string Name => GlusterAddress.WithPort(host, port);

    private Task<HttpResponseMessage> StartAsync(
        HttpMethod method, string path, byte[]? body, HttpCompletionOption until, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return _http.Value.Client.SendAsync(request, until, cancellation);
    }

    private async Task<T> ExplainAsync<T>(Func<Task<T>> ask, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            throw IsOfTls(exception) && _http.Value.FindRefusal() is { } refusal
                ? new CommandException(ExitCode.PeerRefused, $"{Name}: {refusal}")
                : new CommandException(ExitCode.PeerUnreachable, $"{Name}: {(exception.InnerException ?? exception).Message}");
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            TimeSpan waited = exception.InnerException is TimeoutException ? s_agreesWithin : patience;
            throw new CommandException(ExitCode.PeerUnreachable, $"{Name}: no answer within {waited.TotalSeconds:0} s");
        }
    }

    // Nothing that the other end shows was looked at otherwise. Connections are tried at the same time: the last one that agrees, or does not, has the say.
    private static bool IsOfTls(Exception? exception) =>
        exception is AuthenticationException || (exception?.InnerException is { } inner && IsOfTls(inner));

    private static (HttpClient Client, Func<string?> FindRefusal) Create(
        string host, int port, Func<Action<string?>, SslClientAuthenticationOptions> tls)
    {
        string? refusal = null;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = s_agreesWithin,
            PooledConnectionIdleTimeout = s_idleAtMost,
            SslOptions = tls(reason => Volatile.Write(ref refusal, reason)),
        };
        var client = new HttpClient(handler)
        {
            BaseAddress = new UriBuilder(Uri.UriSchemeHttps, host, port).Uri,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswer,
        };
        return (client, () => Volatile.Read(ref refusal));
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(s_connectsWithin);
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, deadline.Token);
            EndWhenDead(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException($"nothing answers there within {s_connectsWithin.TotalSeconds:0} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A machine that has lost its power says nothing, and a connection that is kept would be waited for as long as for an answer.
    private static void EndWhenDead(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)s_deadWithin.TotalSeconds / 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)s_deadWithin.TotalSeconds / 4);
        socket.SetRawSocketOption(
            (int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes((int)s_deadWithin.TotalMilliseconds));
    }

    private CommandException Refused(byte[] answer, HttpStatusCode status)
    {
        try
        {
            ControlError? error = JsonSerializer.Deserialize(answer, ControlJson.Default.ControlError);
            return new CommandException((ExitCode)(error?.Code ?? (int)ExitCode.PeerRefused), $"{Name}: {error?.Error}");
        }
        catch (JsonException)
        {
            return new CommandException(ExitCode.PeerRefused, $"{Name}: HTTP status {(int)status}");
        }
    }
}

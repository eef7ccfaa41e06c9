using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Contract;

/// <summary>
/// Asks a process on its control socket: one request, one answer. Speaks just enough HTTP/1.1 for that server; an HTTP client
/// library would make every unit's process a megabyte and a half larger.
/// </summary>
public static class ControlClient
{
    private const int MaxAnswer = 64 * 1024 * 1024;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);
    private static readonly byte[] s_endOfHeaders = "\r\n\r\n"u8.ToArray();

    /// <summary>Asks.</summary>
    /// <param name="socket">Path of the control socket.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Path, such as <c>/v1/status</c>.</param>
    /// <param name="body">What to send along; empty for nothing.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="patience">How long to wait; null for what is enough for what needs nobody else.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="CommandException">Nobody is there, or the process said no.</exception>
    public static async Task<string> AskAsync(
        string socket, string method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation,
        TimeSpan? patience = null)
    {
        TimeSpan timeout = patience ?? s_timeout;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            byte[] header = Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{method} {path} HTTP/1.1\r\nHost: unit\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n"));
            (int status, string answer) = Split(await ExchangeAsync(socket, [.. header, .. body.Span], deadline.Token));
            return status < 300
                ? answer
                : throw new CommandException(ExitCode.PeerRefused, $"{socket}: {status}: {ReasonOf(answer)}");
        }
        catch (SocketException) when (!File.Exists(LocalSocketPath.For(socket).Bound))
        {
            throw new CommandException(
                ExitCode.PeerUnreachable, $"{socket}: there is no such socket: what makes it does not run");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw SystemRefusal.From(new UnauthorizedAccessException(exception.Message), socket);
        }
        catch (Exception exception) when (exception is SocketException or IOException or FormatException)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"{socket}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"{socket}: no answer within {timeout.TotalSeconds} s");
        }
    }

    private static async Task<byte[]> ExchangeAsync(string path, byte[] request, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(LocalSocketPath.For(path).Bound), cancellation);
        for (int sent = 0; sent < request.Length;)
        {
            sent += await socket.SendAsync(request.AsMemory(sent), cancellation);
        }

        using var answer = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellation) is > 0 and int count)
        {
            answer.Write(buffer, 0, count);
            if (answer.Length > MaxAnswer)
            {
                throw new IOException($"an answer of more than {MaxAnswer} bytes");
            }
        }

        return answer.ToArray();
    }

    // What a unit refuses it says as {"error": …}, or as the result of what was tried.
    private static string ReasonOf(string answer)
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
            // Something else: shown as it is.
        }

        return answer.TrimEnd();
    }

    private static (int Status, string Body) Split(byte[] answer)
    {
        int end = answer.AsSpan().IndexOf(s_endOfHeaders);
        string[] start = end < 0 ? [] : Encoding.ASCII.GetString(answer, 0, end).Split("\r\n")[0].Split(' ');
        return start.Length >= 2 && int.TryParse(start[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? (status, Encoding.UTF8.GetString(answer.AsSpan(end + s_endOfHeaders.Length)))
            : throw new IOException("what answers is no kadalu-fsd");
    }
}

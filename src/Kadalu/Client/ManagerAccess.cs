using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Kadalu.Client;

/// <summary>Asks the manager: by its socket where it is on this node, through this node's agent elsewhere.</summary>
internal static class ManagerAccess
{
    // The agent's own patience with the manager, and some more.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(130);

    // What takes longer than this is not what people expect; longer than anything is waited for on purpose.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(15);

    /// <summary>Asks.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">One of <see cref="ManagerPaths"/>.</param>
    /// <param name="body">What is sent; empty for nothing.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The answer, JSON.</returns>
    /// <exception cref="CommandException">Nobody answers, or the answer is a refusal.</exception>
    internal static async Task<string> AskAsync(
        string method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        (string socket, string there) = Find(path);
        return await Terminal.WaitAsync(
            ControlClient.AskAsync(socket, method, there, body, cancellation, s_patience), s_silence, SayWaiting);
    }

    /// <summary>Whether the manager runs on this node: one that was killed leaves its socket.</summary>
    internal static bool IsManagerHere
    {
        get
        {
            try
            {
                // It is not removed: it may be one that a manager which starts is about to listen on.
                return LocalSocketPath.For(UsualPlaces.ManagerSocket).IsServed();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
            {
                // Whoever asks it is told what is the matter.
                return true;
            }
        }
    }

    /// <summary>Asks this node's agent itself.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path.</param>
    /// <param name="body">What is sent; empty for nothing.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The answer, JSON.</returns>
    /// <exception cref="CommandException">It does not answer, or refuses.</exception>
    internal static async Task<string> AskAgentAsync(
        string method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        await Terminal.WaitAsync(
            ControlClient.AskAsync(FindAgent(), method, path, body, cancellation, s_patience), s_silence, SayWaiting);

    /// <summary>Makes a name a part of a path.</summary>
    /// <exception cref="CommandException">It is no name, but means another path.</exception>
    internal static string Escape(string name) => name is "." or ".."
        ? throw new CommandException(ExitCode.Usage, $"\"{name}\" is no name") : Uri.EscapeDataString(name);

    /// <summary>Sends a record and reads one.</summary>
    internal static async Task<(string Text, TAnswer Answer)> SendAsync<TOrder, TAnswer>(
        string path, TOrder order, JsonTypeInfo<TOrder> orderType, JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellation)
        where TAnswer : class
    {
        string text = await AskAsync("POST", path, JsonSerializer.SerializeToUtf8Bytes(order, orderType), cancellation);
        return (text, Read(text, answerType));
    }

    /// <summary>Reads a record that is not shown as it came.</summary>
    internal static async Task<TAnswer> ReadAsync<TAnswer>(
        string path, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
        where TAnswer : class
    {
        (string socket, string there) = Find(path);
        byte[] answer = await Terminal.WaitAsync(
            ControlClient.AskBytesAsync(socket, "GET", there, default, cancellation, s_patience), s_silence, SayWaiting);
        return AnswerText.Read(answer, answerType, AnswerText.The);
    }

    /// <summary>Reads a record.</summary>
    internal static async Task<(string Text, TAnswer Answer)> GetAsync<TAnswer>(
        string path, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
        where TAnswer : class
    {
        string text = await AskAsync("GET", path, default, cancellation);
        return (text, Read(text, answerType));
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CommandException">It is of another form.</exception>
    internal static T Read<T>(string text, JsonTypeInfo<T> type)
        where T : class => AnswerText.Read(text, type, AnswerText.The);

    private static void SayWaiting() => Console.Error.WriteLine(
        $"kadalu: there is no answer yet; it is waited for {PlainText.Number((long)(s_patience - s_silence).TotalSeconds)} s " +
        "more");

    private static (string Socket, string Path) Find(string path) => IsManagerHere
        ? (UsualPlaces.ManagerSocket, path) : (FindAgent(), ManagerPaths.ByAgent + path["/v1".Length..]);

    private static string FindAgent() => File.Exists(UsualPlaces.AgentSocket)
        ? UsualPlaces.AgentSocket
        : throw new CommandException(
            ExitCode.PeerUnreachable,
            $"the agent of this node does not run: {UsualPlaces.AgentSocket} is not there (systemctl start kadalu-fsd-agent)");
}

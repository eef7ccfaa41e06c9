using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>Asks this node's units and self-heal daemons on their control sockets.</summary>
internal sealed class ServiceQuestions(PoolPaths paths)
{
    /// <summary>Sends a request.</summary>
    /// <param name="type">The JSON type of the answer.</param>
    /// <param name="patience">How long to wait; null for the default, which is enough for requests that wait for nothing.</param>
    /// <param name="body">The body; null for none.</param>
    /// <exception cref="CommandException">It does not answer, or refuses.</exception>
    internal async Task<T> AskAsync<T>(
        string key, string method, string path, JsonTypeInfo<T> type, TimeSpan? patience = null, byte[]? body = null)
    {
        string answer =
            await ControlClient.AskAsync(paths.ControlSocket(key), method, path, body, CancellationToken.None, patience);
        try
        {
            return JsonSerializer.Deserialize(answer, type)!;
        }
        catch (JsonException exception)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"{key} ended its answer early: {exception.Message}");
        }
    }
}

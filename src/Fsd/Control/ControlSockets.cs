using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Linux.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Control;

/// <summary>Where a process can be asked: on its control socket for everything, and over TCP for what anybody may know.</summary>
internal sealed class ControlSockets : IAsyncDisposable
{
    private const string Document = "openapi.json";

    private ControlServer? _local;
    private ControlServer? _remote;

    private ControlSockets()
    {
    }

    /// <summary>Starts to answer, as far as the options want it.</summary>
    /// <param name="options">The options.</param>
    /// <param name="everything">What can be asked on the control socket.</param>
    /// <param name="forAnybody">What can be asked over TCP.</param>
    /// <param name="loggers">Makes Kestrel's loggers.</param>
    /// <returns>What is to be ended with the process.</returns>
    /// <exception cref="CommandException">A socket cannot be made.</exception>
    internal static async Task<ControlSockets> StartAsync(
        DaemonOptions options, IReadOnlyList<ControlRoute> everything, IReadOnlyList<ControlRoute> forAnybody, ILoggerFactory loggers)
    {
        var sockets = new ControlSockets();
        try
        {
            sockets._local = options.Control is { } path ? await ControlServer.StartAsync(path, everything, loggers) : null;
            sockets._remote = options.MetricsListen is { } address ? await ControlServer.StartAsync(address, forAnybody, loggers) : null;
            return sockets;
        }
        catch (CommandException)
        {
            await sockets.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes sure that no earlier process serves the control socket.</summary>
    /// <param name="options">Say where it is.</param>
    /// <returns>True; it throws otherwise.</returns>
    /// <exception cref="CommandException">One does, which may pass; or something else is there.</exception>
    internal static bool ExpectFree(DaemonOptions options)
    {
        try
        {
            if (options.Control is { } path)
            {
                LocalSocketPath.For(path).Prepare();
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            throw new CommandException(ExitCode.PortUnavailable, $"control socket {options.Control} cannot be listened on: {exception.Message}") { MayPass = true };
        }
    }

    /// <summary>Adds the route that describes all of them.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns>They, and that one.</returns>
    internal static IReadOnlyList<ControlRoute> Describe(IEnumerable<ControlRoute> routes)
    {
        List<ControlRoute> all = [.. routes];
        all.Add(new("GET", "/v1/openapi.json", (request, _) => request.AnswerAsync(StatusCodes.Status200OK, "application/json", ReadDocument(all))));
        return all;
    }

    /// <summary>The description, as OpenAPI has it, of some routes.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns>The document, JSON.</returns>
    internal static string ReadDocument(IReadOnlyList<ControlRoute> routes)
    {
        using Stream stream = typeof(ControlSockets).Assembly.GetManifestResourceStream(Document)!;
        JsonNode document = JsonNode.Parse(stream)!;
        JsonObject paths = document["paths"]!.AsObject();
        foreach (string other in paths.Select(path => path.Key).Where(path => !routes.Any(route => route.Path == path.Replace("{key}", "*", StringComparison.Ordinal))).ToArray())
        {
            paths.Remove(other);
        }

        return document.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    /// <summary>Ends it.</summary>
    /// <returns>A task that ends then.</returns>
    public async ValueTask DisposeAsync()
    {
        await (_local?.DisposeAsync() ?? default);
        await (_remote?.DisposeAsync() ?? default);
    }
}

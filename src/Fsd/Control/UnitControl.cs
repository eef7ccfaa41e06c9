using KadaluFsd.Fsd.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Control;

/// <summary>What can be asked of a running unit, and where.</summary>
internal static class UnitControl
{
    private const string Document = "openapi.json";

    /// <summary>Starts to answer, as far as the unit's options want it.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="loggers">Makes Kestrel's loggers.</param>
    /// <returns>What is to be ended with the unit.</returns>
    /// <exception cref="StartException">A socket cannot be made.</exception>
    internal static async Task<IAsyncDisposable> StartAsync(RunningUnit unit, ILoggerFactory loggers)
    {
        DaemonOptions options = unit.Options;
        var servers = new ServerPair();
        try
        {
            servers.Local = options.Control is { } path ? await ControlServer.StartAsync(path, CreateRoutes(unit), loggers) : null;
            servers.Remote = options.MetricsListen is { } address ? await ControlServer.StartAsync(address, [.. new StatusRoutes(unit).CreatePublic()], loggers) : null;
            return servers;
        }
        catch (StartException)
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everything that can be asked on the control socket.</summary>
    /// <param name="unit">The unit.</param>
    /// <returns>The routes.</returns>
    internal static IReadOnlyList<ControlRoute> CreateRoutes(RunningUnit unit) =>
    [
        .. new StatusRoutes(unit).CreatePublic(), .. new StatusRoutes(unit).Create(), .. new VolfileRoutes(unit).Create(), .. new GraphRoutes(unit).Create(),
        .. new LifeRoutes(unit).Create(), new("GET", "/v1/openapi.json", (request, _) => request.AnswerAsync(StatusCodes.Status200OK, "application/json", ReadDocument())),
    ];

    /// <summary>The description of all that, as OpenAPI has it.</summary>
    /// <returns>The document, JSON.</returns>
    internal static string ReadDocument()
    {
        using Stream stream = typeof(UnitControl).Assembly.GetManifestResourceStream(Document)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed class ServerPair : IAsyncDisposable
    {
        internal ControlServer? Local { get; set; }

        internal ControlServer? Remote { get; set; }

        public async ValueTask DisposeAsync()
        {
            await (Local?.DisposeAsync() ?? default);
            await (Remote?.DisposeAsync() ?? default);
        }
    }
}

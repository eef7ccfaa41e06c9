using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Control;

/// <summary>What other nodes can ask a process for: HTTP/1.1 and JSON over TLS.</summary>
public sealed class PeerServer : IAsyncDisposable
{
    // Nodes of a cluster, and somebody who should not be there.
    private const int MaxConnections = 2048;
    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxStrangersBytes = 16 * 1024;

    // Long enough for a very busy machine: how many there can be at once is limited anyway.
    private static readonly TimeSpan s_headerTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_idleTimeout = TimeSpan.FromMinutes(1);

    private readonly WebApplication _application;

    private PeerServer(WebApplication application) => _application = application;

    /// <summary>Starts to serve.</summary>
    /// <param name="address">Where.</param>
    /// <param name="tls">What is shown to, and asked of, each connection.</param>
    /// <param name="json">How what goes and comes is read and written.</param>
    /// <param name="map">Maps what can be asked. Who asks is in the request's connection.</param>
    /// <param name="findRefusal">
    /// Says why somebody may not ask for something; null where they may. Called before anything of the request but its head is read.
    /// </param>
    /// <param name="loggers">Makes the web server's loggers.</param>
    /// <exception cref="CommandException">It cannot listen there.</exception>
    public static async Task<PeerServer> StartAsync(
        IPEndPoint address, Func<SslServerAuthenticationOptions> tls, IJsonTypeInfoResolver json,
        Action<IEndpointRouteBuilder> map, Func<HttpContext, Task<CommandException?>> findRefusal, ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, address, tls));
        foreach (ServiceDescriptor service in ControlServices.Create(loggers, json))
        {
            builder.Services.Add(service);
        }

        // Whoever shows an answer to people indents it then: a list of a thousand pools is half blanks otherwise.
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.WriteIndented = false);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication application = builder.Build();
        application.Use(async (HttpContext context, RequestDelegate next) =>
        {
            // Who has no certificate has little to say: a join request.
            if (context.Connection.ClientCertificate is null &&
                context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = MaxStrangersBytes;
            }

            await (await findRefusal(context) is { } refusal
                ? ControlAnswer.Refusal(refusal).ExecuteAsync(context) : next(context));
        });
        ControlPipeline.Use(application, map);
        try
        {
            await application.StartAsync();
            return new PeerServer(application);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            await application.DisposeAsync();
            throw new CommandException(
                ExitCode.PortUnavailable, $"other nodes cannot be served on {address}: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Configure(KestrelServerOptions options, IPEndPoint address, Func<SslServerAuthenticationOptions> tls)
    {
        var connections = new ControlConnections(MaxConnections);
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = ControlClient.MaxRequestBytes;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        options.Limits.RequestHeadersTimeout = s_headerTimeout;
        options.Limits.KeepAliveTimeout = s_idleTimeout;
        options.Listen(address, socket =>
        {
            socket.Protocols = HttpProtocols.Http1;
            socket.Use(serve => connection => connections.RunAsync(connection, serve));
            socket.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = s_headerTimeout,
                OnConnection = _ => ValueTask.FromResult(tls()),
            });
        });
    }

    // The process that it is a part of handles signals.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

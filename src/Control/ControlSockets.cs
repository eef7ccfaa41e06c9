using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Linux.Files;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Control;

/// <summary>
/// Where a process can be asked, as far as its options want it: on its control socket for everything, over TCP for what anybody
/// may know.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="routes">What can be asked.</param>
/// <param name="loggers">Makes the web server's loggers.</param>
public sealed class ControlSockets(ControlOptions options, IControlRoutes routes, ILoggerFactory loggers) : Part
{
    private ControlServer? _local;
    private ControlServer? _remote;

    /// <summary>Makes sure that no earlier process serves the control socket.</summary>
    /// <param name="options">Say where it is.</param>
    /// <returns>True; it throws otherwise.</returns>
    /// <exception cref="CommandException">One does, which may pass; or something else is there.</exception>
    public static bool ExpectFree(ControlOptions options)
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
            throw new CommandException(
                SystemRefusal.CodeOf(exception, ExitCode.PortUnavailable),
                $"control socket {options.Control} cannot be listened on: {exception.Message}")
            {
                MayPass = true,
            };
        }
    }

    /// <inheritdoc/>
    protected override async Task StartAsync(CancellationToken stopping)
    {
        try
        {
            if (options.Control is { } path)
            {
                _local = await ControlServer.StartAsync(
                    path,
                    Guard(
                        () => ControlPipeline.BuildPrivate(ControlServices.Create(loggers, routes.Json), routes),
                        ControlPeer.MayCommand),
                    loggers);
            }

            if (options.ParseMetricsListen() is { } address)
            {
                _remote = await ControlServer.StartAsync(
                    address,
                    Guard(() => ControlPipeline.BuildPublic(ControlServices.Create(loggers), routes), _ => true), loggers);
            }
        }
        catch (CommandException)
        {
            await StopAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task StopAsync()
    {
        await (_local?.DisposeAsync() ?? default);
        await (_remote?.DisposeAsync() ?? default);
    }

    private ControlApplication Guard(Func<ControlPipeline> build, Func<Socket, bool> mayAsk) =>
        new(build, mayAsk, () => routes.Problem);
}

using System.CommandLine;
using System.Runtime.InteropServices;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Gateway;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Unit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog.Core;

namespace KadaluFsd.Fsd.Cli;

/// <summary>The commands that run in the foreground until they are told to stop: <c>kadalu-fsd unit</c> and <c>kadalu-fsd gateway</c>.</summary>
internal static class DaemonCommand
{
    // Linux's numbers on every architecture .NET runs on; PosixSignal takes them raw.
    private const int SignalUser1 = 10;
    private const int SignalUser2 = 12;

    /// <summary>Builds <c>kadalu-fsd unit</c>.</summary>
    /// <param name="closedDescriptors">How many descriptors the parent process had left open; for the log.</param>
    /// <returns>The command.</returns>
    internal static Command CreateUnit(int closedDescriptors) => Create(
        DaemonCommands.Unit,
        new Command("unit", "Host a storage unit in the foreground: its volfile's graph and its pool's volfiles, on one port.")
        {
            UnitInstallCommand.CreateInstall(),
            UnitInstallCommand.CreateRemove(),
        },
        (services, stop) => services.GetRequiredService<StorageUnit>().RunAsync(closedDescriptors, stop));

    /// <summary>Runs a storage unit whose options have been read already.</summary>
    /// <param name="options">The options.</param>
    /// <param name="closedDescriptors">As above.</param>
    /// <returns>How it ended, once it has.</returns>
    internal static Task<ExitCode> RunUnitAsync(DaemonOptions options, int closedDescriptors) =>
        RunAsync(options, (services, stop) => services.GetRequiredService<StorageUnit>().RunAsync(closedDescriptors, stop));

    /// <summary>Builds <c>kadalu-fsd gateway</c>.</summary>
    /// <returns>The command.</returns>
    internal static Command CreateGateway() => Create(
        DaemonCommands.Gateway,
        new Command("gateway", "Serve the volfiles of every pool of this node to clients that have glusterd's port built in."),
        (services, stop) => services.GetRequiredService<VolfileGateway>().RunAsync(stop));

    private static Command Create(DaemonCommands kind, Command command, Func<IServiceProvider, CancellationToken, Task<ExitCode>> run)
    {
        var config = new Option<string>("--config")
        {
            HelpName = "FILE",
            Description = "JSON object with any of the options below, by name. Flags win over KADALU_FSD_* variables, which win over this.",
        };
        command.Add(config);
        var flags = DaemonFlags.AddTo(command, kind);
        command.SetAction(async (parsed, _) =>
        {
            DaemonOptions options = DaemonOptionReader.Read(kind, flags.Given(parsed), Environment.GetEnvironmentVariable, parsed.GetValue(config));
            return (int)await RunAsync(options, run);
        });
        return command;
    }

    // The host brings the signal handling: SIGTERM and SIGINT become ApplicationStopping.
    private static async Task<ExitCode> RunAsync(DaemonOptions options, Func<IServiceProvider, CancellationToken, Task<ExitCode>> run)
    {
        using var requests = new DaemonRequests();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "kadalu-fsd" });
        var sink = new LogSink();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(sink);
        var level = new LoggingLevelSwitch(UnitLogger.LevelOf(options.LogLevel));
        builder.Services.AddSingleton(level);
        builder.Services.AddSingleton<ILoggerFactory>(_ => UnitLogger.Create(sink, level));
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton(requests);
        builder.Services.AddSingleton<ServiceNotifier>();
        builder.Services.AddSingleton<StorageUnit>();
        builder.Services.AddSingleton<VolfileGateway>();
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        using IHost host = builder.Build();
        using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, () => requests.Add(DaemonRequest.Reload));
        using PosixSignalRegistration user1 = OnSignal((PosixSignal)SignalUser1, () => requests.Add(DaemonRequest.Statedump));
        ILogger logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Signals");
        using PosixSignalRegistration user2 = OnSignal((PosixSignal)SignalUser2, () => FsdLog.SignalIgnored(logger, "USR2"));
        await host.StartAsync();
        CancellationToken stop = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        int times = 0;
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, CutShortTheSecondTime);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, CutShortTheSecondTime);
        try
        {
            return await run(host.Services, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop before it had begun.
            return ExitCode.Success;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }

        void CutShortTheSecondTime()
        {
            if (Interlocked.Increment(ref times) > 1)
            {
                requests.CutShort();
            }
        }
    }

    // Instead of what the signal would do otherwise, which is to end the process.
    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    });
}

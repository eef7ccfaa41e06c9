using System.CommandLine;
using System.Runtime.InteropServices;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Unit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd unit</c>: hosts a storage unit in the foreground.</summary>
internal static class UnitCommand
{
    // Linux's numbers on every architecture .NET runs on; PosixSignal takes them raw.
    private const int SignalUser1 = 10;
    private const int SignalUser2 = 12;

    /// <summary>Builds the command.</summary>
    /// <param name="closedDescriptors">How many descriptors the parent process had left open; for the log.</param>
    /// <returns>The command.</returns>
    internal static Command Create(int closedDescriptors)
    {
        var command = new Command("unit", "Host a storage unit in the foreground: its volfile's graph and its pool's volfiles, on one port.");
        var config = new Option<string>("--config")
        {
            HelpName = "FILE",
            Description = "JSON object with any of the options below, by name. Flags win over KADALU_FSD_* variables, which win over this.",
        };
        command.Add(config);
        var flags = new Dictionary<OptionDefinition, Option<string>>();
        foreach (OptionDefinition definition in UnitOptionTable.All)
        {
            var flag = new Option<string>(definition.Flag)
            {
                HelpName = definition.IsSwitch ? "true|false" : definition.Placeholder,
                Description = definition.Description,
                Arity = definition.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
            };
            flags.Add(definition, flag);
            command.Add(flag);
        }

        command.SetAction(async (parsed, _) =>
        {
            Dictionary<string, string> given = flags
                .Where(pair => parsed.GetResult(pair.Value) is { Implicit: false })
                .ToDictionary(pair => pair.Key.Name, pair => parsed.GetValue(pair.Value) ?? "true", StringComparer.Ordinal);
            UnitOptions options = UnitOptionReader.Read(given, Environment.GetEnvironmentVariable, parsed.GetValue(config));
            return (int)await RunAsync(options, closedDescriptors);
        });
        return command;
    }

    // The host brings the signal handling: SIGTERM and SIGINT become ApplicationStopping.
    private static async Task<ExitCode> RunAsync(UnitOptions options, int closedDescriptors)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "kadalu-fsd" });
        var sink = new GlusterLogSink();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(sink);
        builder.Services.AddSingleton<ILoggerFactory>(_ => UnitLogger.Create(sink, options.LogLevel));
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton<ServiceNotifier>();
        builder.Services.AddSingleton<StorageUnit>();
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        using IHost host = builder.Build();
        using PosixSignalRegistration hangUp = Ignore(host, PosixSignal.SIGHUP, "HUP");
        using PosixSignalRegistration user1 = Ignore(host, (PosixSignal)SignalUser1, "USR1");
        using PosixSignalRegistration user2 = Ignore(host, (PosixSignal)SignalUser2, "USR2");
        await host.StartAsync();
        ExitCode code = await host.Services.GetRequiredService<StorageUnit>().RunAsync(
            closedDescriptors, host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        await host.StopAsync();
        return code;
    }

    // Signals that mean something to glusterfsd, and that operators therefore send, must not end the unit.
    private static PosixSignalRegistration Ignore(IHost host, PosixSignal signal, string name)
    {
        ILogger logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Signals");
        return PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            FsdLog.SignalIgnored(logger, name);
        });
    }
}

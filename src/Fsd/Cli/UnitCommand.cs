using System.CommandLine;
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
            await RunAsync(options, closedDescriptors);
            return (int)ExitCode.Success;
        });
        return command;
    }

    // The host brings the signal handling: SIGTERM and SIGINT become ApplicationStopping.
    private static async Task RunAsync(UnitOptions options, int closedDescriptors)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "kadalu-fsd" });
        var sink = new GlusterLogSink();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(sink);
        builder.Services.AddSingleton<ILoggerFactory>(_ => UnitLogger.Create(sink, options.LogLevel));
        builder.Services.AddSingleton<ServiceNotifier>();
        builder.Services.AddSingleton<StorageUnit>();
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        using IHost host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<StorageUnit>().RunAsync(
            closedDescriptors, host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        await host.StopAsync();
    }
}

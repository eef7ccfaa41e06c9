using KadaluFsd.Native;
using Microsoft.Extensions.Logging;
using Serilog.Core;

namespace KadaluFsd.Fsd.Logging;

/// <summary>The level of a unit's log while it runs: of its own lines and of the translators'.</summary>
/// <param name="own">The level of its own lines.</param>
/// <param name="context">Where the translators log.</param>
/// <param name="level">The level at the start.</param>
/// <param name="logger">Told of changes.</param>
internal sealed class LogControl(LoggingLevelSwitch own, GlusterContext context, GlusterLogLevel level, ILogger logger)
{
    private readonly Lock _one = new();

    /// <summary>The least serious level that is logged.</summary>
    internal GlusterLogLevel Level { get; private set; } = level;

    /// <summary>Changes it.</summary>
    /// <param name="wanted">The least serious level that is logged from now on.</param>
    internal void Set(GlusterLogLevel wanted)
    {
        lock (_one)
        {
            context.SetLogLevel(wanted);
            own.MinimumLevel = UnitLogger.LevelOf(wanted);
            Level = wanted;
        }

        FsdLog.LogLevelChanged(logger, wanted.ToString().ToUpperInvariant());
    }

    /// <summary>Opens the log's file anew, by its path.</summary>
    internal void Reopen() => context.ReopenLog();
}

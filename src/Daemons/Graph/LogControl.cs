using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>The level of a unit's log while it runs: of its own lines and of the translators'.</summary>
/// <param name="own">Has the level of its own lines.</param>
/// <param name="context">Where the translators log.</param>
/// <param name="logger">Told of changes.</param>
internal sealed class LogControl(ProcessLog own, GlusterContext context, ILogger<LogControl> logger)
{
    private readonly Lock _one = new();

    /// <summary>The least serious level that is logged.</summary>
    internal GlusterLogLevel Level => own.Level;

    /// <summary>Changes it.</summary>
    /// <param name="wanted">The least serious level that is logged from now on.</param>
    internal void Set(GlusterLogLevel wanted)
    {
        lock (_one)
        {
            context.SetLogLevel(wanted);
            own.Level = wanted;
        }

        ControlLog.LogLevelChanged(logger, wanted.ToString().ToUpperInvariant());
    }

    /// <summary>Reopens the log's file, by its path.</summary>
    internal void Reopen() => context.ReopenLog();
}

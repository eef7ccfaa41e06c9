using KadaluFsd.Contract;

namespace KadaluFsd.Hosting.Options;

/// <summary>The commands that run until they are told to stop.</summary>
[Flags]
public enum DaemonCommands
{
    /// <summary><c>kadalu-fsd unit</c>.</summary>
    Unit = 1,

    /// <summary><c>kadalu-fsd gateway</c>.</summary>
    Gateway = 2,

    /// <summary><c>kadalu-fsd heal-daemon</c>.</summary>
    HealDaemon = 4,

    /// <summary><c>kadalu-fsd agent</c>.</summary>
    Agent = 8,

    /// <summary><c>kadalu manager</c>.</summary>
    Manager = 16,

    /// <summary>Those that serve volfiles.</summary>
    Volfiles = Unit | Gateway,

    /// <summary>Those with a graph.</summary>
    Graph = Unit | HealDaemon,

    /// <summary>Those of a cluster.</summary>
    Cluster = Agent | Manager,

    /// <summary>All.</summary>
    All = Unit | Gateway | HealDaemon | Agent | Manager,
}

/// <summary>
/// One option, which may come from a flag, an environment variable or a JSON file, in that order of precedence.
/// </summary>
/// <param name="Name">Its name as a flag, in JSON and in the configuration, such as <c>log-level</c>.</param>
/// <param name="Placeholder">What stands for its value in the help; empty for a switch.</param>
/// <param name="Description">What it does, in one sentence, with unit and default.</param>
/// <param name="Commands">Which commands have it.</param>
/// <param name="Form">How a value is written.</param>
public sealed record OptionDefinition(
    string Name, string Placeholder, string Description, DaemonCommands Commands, OptionForm Form)
{
    /// <summary>Whether a command that has the option does not start without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>
    /// Whether a pool decides it for its units, so that nobody sets it as an option of the pool.
    /// </summary>
    public bool IsOfPool { get; init; }

    /// <summary>Whether two processes of a node cannot have the same.</summary>
    public bool IsExclusive { get; init; }

    /// <summary>Whether the option is a switch: on when its flag is given.</summary>
    public bool IsSwitch => Placeholder.Length == 0;

    /// <summary>The option's flag.</summary>
    public string Flag => "--" + Name;

    /// <summary>The option's environment variable, such as <c>KADALU_FSD_LOG_LEVEL</c>.</summary>
    internal string Variable => ProcessStart.VariablePrefix + Name.ToUpperInvariant().Replace('-', '_');
}

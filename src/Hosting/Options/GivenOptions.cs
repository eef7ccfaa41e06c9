using KadaluFsd.Contract;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Hosting.Options;

/// <summary>
/// The options that a process was given by flags, environment and JSON file, as the configuration from which each owner's options
/// class is bound. Knows the source of each value. Immutable.
/// </summary>
public sealed class GivenOptions
{
    private readonly OptionDefinition[] _definitions;
    private readonly IConfigurationRoot _sources;
    private readonly Dictionary<string, string?> _values;
    private readonly IConfigurationRoot _configuration;

    private GivenOptions(OptionDefinition[] definitions, IConfigurationRoot sources, IReadOnlyDictionary<string, string> more)
    {
        (_definitions, _sources) = (definitions, sources);
        _values = new Dictionary<string, string?>(more.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        foreach (OptionDefinition definition in definitions)
        {
            if (sources[definition.Name] is { } text)
            {
                _values[definition.Name] = Translate(definition, text);
            }
        }

        AddPlacesOfPool();
        if (definitions.FirstOrDefault(option => option.IsRequired && !_values.ContainsKey(option.Name)) is { } missing)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{missing.Flag} {missing.Placeholder} is missing (or {missing.Variable}, or \"{missing.Name}\" in the file of " +
                "--config)");
        }

        _configuration = ConfigurationOf(_values);
    }

    /// <summary>The value of an option as the configuration has it: paths are absolute.</summary>
    /// <param name="name">The option.</param>
    /// <returns>The value; null where none is given.</returns>
    public string? this[string name] => _configuration[name];

    /// <summary>Reads the options of a command. A flag wins over the environment, which wins over the file.</summary>
    /// <param name="command">The command.</param>
    /// <param name="flags">Values of the flags that were given, by option name.</param>
    /// <param name="environment">Looks up an environment variable; null where it is not set.</param>
    /// <param name="file">Path of a JSON object with options by name; null for none.</param>
    /// <param name="localFile">Path of another one, which wins over it, and may be missing; null for none.</param>
    /// <param name="more">Values that no option of the command has, by configuration key.</param>
    /// <exception cref="CommandException">A value is missing, or not of its form; says which one, and its
    /// source.</exception>
    public static GivenOptions Read(
        DaemonCommands command, IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, string? file,
        string? localFile = null, IReadOnlyDictionary<string, string>? more = null)
    {
        OptionDefinition[] definitions = [.. DaemonOptionTable.For(command)];
        var names = definitions.Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, string?> variables = definitions.Select(option => (option.Name, Value: environment(option.Variable)))
            .Where(pair => pair.Value is not null).ToDictionary(pair => pair.Name, pair => pair.Value);
        IConfigurationRoot sources = new ConfigurationBuilder()
            .Add(new OptionSource(file is null ? [] : OptionFile.Read(file, names), option => $"\"{option.Name}\" in {file}"))
            .Add(new OptionSource(
                localFile is null ? [] : OptionFile.ReadLocal(localFile, definitions),
                option => $"\"{option.Name}\" in {localFile}"))
            .Add(new OptionSource(variables, option => option.Variable))
            .Add(new OptionSource(flags.ToDictionary(pair => pair.Key, pair => (string?)pair.Value), option => option.Flag))
            .Build();
        return new GivenOptions(definitions, sources, more ?? new Dictionary<string, string>());
    }

    /// <summary>The control socket that an option file names, whatever else is wrong with it.</summary>
    /// <param name="file">Its path; null for none.</param>
    /// <returns>The path; null where it names none, or cannot be read.</returns>
    public static string? FindControl(string? file)
    {
        try
        {
            return file is null ? null
                : OptionFile.Read(file, DaemonOptionTable.All.Select(option => option.Name).ToHashSet(StringComparer.Ordinal))
                    .GetValueOrDefault(DaemonOptionTable.Control);
        }
        catch (CommandException)
        {
            return null;
        }
    }

    /// <summary>Reads options that do not come from a command line.</summary>
    /// <param name="command">The command that they are for.</param>
    /// <param name="values">The values by name, and everything that the command cannot be without.</param>
    /// <param name="nameOf">What messages call an option.</param>
    /// <exception cref="CommandException">A value is missing, or not of its form; says which one.</exception>
    public static GivenOptions Read(
        DaemonCommands command, IReadOnlyDictionary<string, string> values, Func<OptionDefinition, string> nameOf) =>
        new([.. DaemonOptionTable.For(command)],
            new ConfigurationBuilder()
                .Add(new OptionSource(values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value), nameOf)).Build(),
            new Dictionary<string, string>());

    /// <summary>Binds the options of one owner, and checks them.</summary>
    /// <typeparam name="T">Their class; complete as it is made, with the defaults.</typeparam>
    /// <param name="bind">Binds them: <c>configuration.Bind(options)</c>, written where the generator can see the class.</param>
    /// <param name="validator">Checks them; null where there is nothing to check.</param>
    /// <returns>The options.</returns>
    /// <exception cref="CommandException">One is wrong; says which one, and its source.</exception>
    public T Bind<T>(Action<IConfiguration, T> bind, IValidateOptions<T>? validator = null)
        where T : class, new()
    {
        ArgumentNullException.ThrowIfNull(bind);
        var options = new T();
        bind(_configuration, options);
        return validator is null || validator.Validate(null, options).Succeeded ? options : throw FindWrong(bind, validator);
    }

    private static IConfigurationRoot ConfigurationOf(IEnumerable<KeyValuePair<string, string?>> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    // Validation names properties, not options: the wrong option is the one that fails alone.
    private Exception FindWrong<T>(Action<IConfiguration, T> bind, IValidateOptions<T> validator)
        where T : class, new()
    {
        foreach (OptionDefinition definition in _definitions)
        {
            if (_sources[definition.Name] is { } text)
            {
                var options = new T();
                bind(ConfigurationOf([KeyValuePair.Create(definition.Name, _values[definition.Name])]), options);
                if (validator.Validate(null, options) is { Failed: true, Failures: var failures })
                {
                    return Wrong(definition, text, definition.Form.Expected ?? failures.First());
                }
            }
        }

        return new InvalidOperationException($"the defaults of {typeof(T).Name} are not valid");
    }

    private string Translate(OptionDefinition definition, string text)
    {
        try
        {
            return definition.Form.Translate(text);
        }
        catch (FormatException exception)
        {
            throw Wrong(definition, text, exception.Message);
        }
    }

    private CommandException Wrong(OptionDefinition definition, string text, string expected)
    {
        OptionSource source =
            _sources.Providers.Reverse().OfType<OptionSource>().First(one => one.TryGet(definition.Name, out _));
        return new CommandException(ExitCode.Usage, $"{source.Describe(definition)}: \"{text}\" is not {expected}");
    }

    // The name of a pool gives its self-heal daemon default paths.
    private void AddPlacesOfPool()
    {
        if (_values.GetValueOrDefault(DaemonOptionTable.Pool) is { } pool &&
            VolfileKey.TryNormalise($"shd/{pool}", out string key))
        {
            _values[GlusterfsdKeys.VolfileId] = $"shd/{pool}";
            _values.TryAdd(DaemonOptionTable.Volfile, Path.Combine(UsualPlaces.Volfiles, key + ".vol"));
            _values.TryAdd(DaemonOptionTable.Control, UsualPlaces.Control(key));
        }
    }

    private sealed class OptionSource(IDictionary<string, string?> values, Func<OptionDefinition, string> describe)
        : ConfigurationProvider, IConfigurationSource
    {
        internal Func<OptionDefinition, string> Describe => describe;

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() => Data = values;
    }
}

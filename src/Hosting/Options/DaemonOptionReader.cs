using System.Text.Json;
using KadaluFsd.Contract;

namespace KadaluFsd.Hosting.Options;

/// <summary>Merges flags, environment and JSON file into <see cref="DaemonOptions"/>.</summary>
public static class DaemonOptionReader
{
    private const int MaxFileSize = 1024 * 1024;

    /// <summary>Reads a command's options. A flag wins over the environment, which wins over the file.</summary>
    /// <param name="command">The command.</param>
    /// <param name="flags">Values of the flags that were given, by option name.</param>
    /// <param name="environment">Looks up an environment variable; null where it is not set.</param>
    /// <param name="file">Path of a JSON object with options by name; null for none.</param>
    /// <returns>The options.</returns>
    /// <exception cref="CommandException">A value is missing or wrong; says which one, and from where it came.</exception>
    public static DaemonOptions Read(
        DaemonCommands command, IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, string? file)
    {
        Dictionary<string, string> fromFile = file is null ? [] : ReadFile(command, file);
        var options = new DaemonOptions();
        foreach (OptionDefinition definition in DaemonOptionTable.For(command))
        {
            (string? text, string source) =
                flags.TryGetValue(definition.Name, out string? flag) ? (flag, definition.Flag)
                : environment(definition.Variable) is { } variable ? (variable, definition.Variable)
                : fromFile.TryGetValue(definition.Name, out string? value) ? (value, $"\"{definition.Name}\" in {file}")
                : (null, "");
            if (text is null)
            {
                continue;
            }

            try
            {
                options = definition.Apply(options, text);
            }
            catch (FormatException exception)
            {
                throw new CommandException(ExitCode.Usage, $"{source}: \"{text}\" is not {exception.Message}");
            }
        }

        return options switch
        {
            _ when command == DaemonCommands.Gateway => options,
            { Volfile: "" } => throw Missing("volfile"),
            { Port: 0 } when command == DaemonCommands.Unit => throw Missing("port"),
            _ => options,
        };
    }

    private static CommandException Missing(string name)
    {
        OptionDefinition definition = DaemonOptionTable.All.First(option => option.Name == name);
        return new CommandException(
            ExitCode.Usage,
            $"{definition.Flag} {definition.Placeholder} is missing (or {definition.Variable}, or \"{name}\" in the file of " +
            "--config)");
    }

    private static Dictionary<string, string> ReadFile(DaemonCommands command, string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileSize)
            {
                throw new CommandException(ExitCode.Usage, $"{path}: longer than {MaxFileSize} bytes");
            }

            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return ReadObject(command, path, document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new CommandException(ExitCode.Usage, $"{path}: line {exception.LineNumber + 1}: not JSON");
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            throw new CommandException(ExitCode.Usage, $"--config \"{path}\": {exception.Message}");
        }
    }

    private static Dictionary<string, string> ReadObject(DaemonCommands command, string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CommandException(ExitCode.Usage, $"{path}: not a JSON object");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!DaemonOptionTable.For(command).Any(option => option.Name == property.Name))
            {
                throw new CommandException(ExitCode.Usage, $"{path}: there is no option \"{property.Name}\"");
            }

            values[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => property.Value.GetRawText(),
                _ => throw new CommandException(
                    ExitCode.Usage, $"{path}: option \"{property.Name}\" must be a string, a number or a truth value"),
            };
        }

        return values;
    }
}

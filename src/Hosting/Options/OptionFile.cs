using System.Text.Json;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Hosting.Options;

/// <summary>The file of <c>--config</c> or <c>--local-config</c>: a JSON object with options by name.</summary>
/// <remarks>
/// Not by way of the JSON configuration provider: for that one <c>"allow": []</c> is an empty text, which would let everybody
/// in, and names that differ in case only are the same.
/// </remarks>
internal static class OptionFile
{
    private const int MaxSize = 1024 * 1024;

    private static readonly JsonDocumentOptions s_forPeople =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads one.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="names">The options that may be in it.</param>
    /// <returns>Values by name, as text.</returns>
    /// <exception cref="CommandException">It cannot be read, is not of that form, or has other options; says which.</exception>
    internal static Dictionary<string, string?> Read(string path, IReadOnlySet<string> names)
    {
        try
        {
            ReadOnlyMemory<byte> text = BoundedFile.Read(path, MaxSize);
            using var document =
                JsonDocument.Parse(text.Span.StartsWith("\uFEFF"u8) ? text["\uFEFF"u8.Length..] : text, s_forPeople);
            return ReadObject(path, document.RootElement, names);
        }
        catch (JsonException exception)
        {
            throw Wrong(path, $"line {exception.LineNumber + 1}: not JSON");
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            throw Wrong(
                path, exception is InvalidOperationException or ArgumentException ? "a text in it is not UTF-8"
                    : SystemRefusal.Describe(exception));
        }
    }

    /// <summary>Reads one that an administrator may have made for one machine, and that a root process obeys.</summary>
    /// <param name="path">Its path; it need not exist.</param>
    /// <param name="definitions">The command's options; what the pool decides is not among those that may be in it.</param>
    /// <returns>Values by name, as text; empty where there is no such file.</returns>
    /// <exception cref="CommandException">As for the other; or others than root and this user may change it.</exception>
    internal static Dictionary<string, string?> ReadLocal(string path, IEnumerable<OptionDefinition> definitions)
    {
        Errno error = FileStatus.Read(path, out FileStatus status);
        if (error is Errno.ENOENT or Errno.ENOTDIR)
        {
            return [];
        }

        return error != Errno.None ? throw Wrong(path, error.Describe())
            : !status.IsRegular ? throw Wrong(path, "it is not a file")
            : (status.User != 0 && status.User != ProcessCalls.EffectiveUser) ||
                (File.GetUnixFileMode(path) & FileModes.Forbidden) != 0
            ? throw Wrong(path, "others may change it: it must be root's, and writable by its owner only")
            : Read(
                path,
                definitions.Where(option => !option.IsOfPool).Select(option => option.Name).ToHashSet(StringComparer.Ordinal));
    }

    private static Dictionary<string, string?> ReadObject(string path, JsonElement root, IReadOnlySet<string> names)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, "not a JSON object");
        }

        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                throw Wrong(path, $"there is no option \"{property.Name}\"");
            }

            string value = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => property.Value.GetRawText(),
                _ => throw Wrong(path, $"option \"{property.Name}\" must be a string, a number or a truth value"),
            };
            if (!values.TryAdd(property.Name, value))
            {
                throw Wrong(path, $"option \"{property.Name}\" is there twice");
            }
        }

        return values;
    }

    private static CommandException Wrong(string path, string problem) => new(ExitCode.Usage, $"{path}: {problem}");
}

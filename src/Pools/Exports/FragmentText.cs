using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace KadaluFsd.Pools.Exports;

/// <summary>
/// Fragments of file servers' configurations. A comment at their beginning has what they were made of, so that they can be made anew.
/// </summary>
internal static partial class FragmentText
{
    private const string Mark = "# kadalu-fsd: ";

    /// <summary>Makes the text of a fragment.</summary>
    /// <param name="command">The command that makes it.</param>
    /// <param name="value">What it was made of.</param>
    /// <param name="type">Its form as JSON.</param>
    /// <param name="body">What the file server reads.</param>
    internal static string Write<T>(string command, T value, JsonTypeInfo<T> type, string body) =>
        $"# Made by kadalu {command}, which overwrites it.\n{Mark}{JsonSerializer.Serialize(value, type)}\n{body}";

    /// <summary>Reads what a fragment was made of.</summary>
    /// <returns>The default where somebody else has made it.</returns>
    internal static T? Read<T>(string text, JsonTypeInfo<T> type)
    {
        string? mark = text.Split('\n').FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal));
        try
        {
            return mark is null ? default : JsonSerializer.Deserialize(mark[Mark.Length..], type);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>
    /// Whether a text is a path in a pool that both servers take as it is: no quotation marks, no control characters, no "%", which
    /// begins a variable of smb.conf, and nothing that leads up.
    /// </summary>
    internal static bool IsDirectory(string text) =>
        DirectoryText().IsMatch(text) && text.Trim() == text && !text.Split('/').Contains("..");

    [GeneratedRegex("^/[^\"'%\\\\\\p{C}]*\\z")]
    private static partial Regex DirectoryText();
}

/// <summary>How exports and shares are kept in fragments.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NfsExport))]
[JsonSerializable(typeof(SambaShare))]
internal sealed partial class ExportJson : JsonSerializerContext;

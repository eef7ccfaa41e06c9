using System.Text.Json;

namespace KadaluFsd.Volgen.Json;

/// <summary>Says in words for people what is wrong with a JSON document, and where.</summary>
internal static class JsonFault
{
    // Messages of our own converters begin with it ("is not", "is neither").
    private const string Own = "is n";

    // The message of AllowDuplicateProperties.
    private const string Twice = "Duplicate property";

    /// <summary>Explains why a document could not be deserialized.</summary>
    /// <param name="exception">The reason.</param>
    /// <param name="document">What to call the document.</param>
    /// <param name="arrays">Names of members that are arrays; others are objects, or have a converter that says what they are.</param>
    internal static string Explain(JsonException exception, string document, params ReadOnlySpan<string> arrays)
    {
        // The reader's own exceptions, about what is no JSON, are of a type below.
        if (exception.InnerException is JsonException)
        {
            return $"line {exception.LineNumber + 1}: not JSON";
        }

        if (exception.InnerException is InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8, in the name of a member.
            return "a text is none";
        }

        string place = exception.Path is "$" or null ? document : exception.Path["$.".Length..];
        if (exception.Message.StartsWith(Own, StringComparison.Ordinal))
        {
            return $"{place} {exception.Message}";
        }

        if (exception.Message.StartsWith(Twice, StringComparison.Ordinal))
        {
            return $"{place} is there twice";
        }

        foreach (string array in arrays)
        {
            if (place.EndsWith(array, StringComparison.Ordinal))
            {
                return $"{place} is not an array";
            }
        }

        return $"{place} is not an object";
    }
}

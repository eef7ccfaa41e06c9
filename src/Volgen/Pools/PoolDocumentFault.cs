using System.Text.Json;

namespace KadaluFsd.Volgen.Pools;

/// <summary>Says what is wrong with a document, and where.</summary>
internal static class PoolDocumentFault
{
    private const string Own = "is n";
    private static readonly string[] s_arrays = ["distribute_groups", "storage_units", "made_directories"];

    /// <summary>Says it.</summary>
    /// <param name="exception">What reading has found.</param>
    internal static PoolException Explain(JsonException exception)
    {
        // The reader's own exceptions, about what is no JSON, are of a type below; converters say what they miss.
        if (exception.InnerException is JsonException)
        {
            return new PoolException($"line {exception.LineNumber + 1}: not JSON");
        }

        if (exception.InnerException is InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8, in the name of a member.
            return new PoolException("a text is none");
        }

        string where = exception.Path is "$" or null ? "the definition" : exception.Path["$.".Length..];
        string what = exception.Message.StartsWith(Own, StringComparison.Ordinal) ? exception.Message
            : s_arrays.Any(array => where.EndsWith(array, StringComparison.Ordinal)) ? "is not an array"
            : "is not an object";
        return new PoolException($"{where} {what}");
    }
}

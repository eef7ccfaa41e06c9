using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Transport;

/// <summary>Reads what another process has answered.</summary>
public static class AnswerText
{
    /// <summary>What an answer is called where it is clear who has given it.</summary>
    public const string Its = "its answer";

    /// <summary>What it is called where there is only one.</summary>
    public const string The = "the answer";

    /// <summary>Reads it.</summary>
    /// <typeparam name="T">What is expected.</typeparam>
    /// <param name="text">The answer, UTF-8.</param>
    /// <param name="type">How it is read.</param>
    /// <param name="what">What it is called where it cannot be read.</param>
    /// <exception cref="CommandException">It is of another form.</exception>
    public static T Read<T>(ReadOnlySpan<byte> text, JsonTypeInfo<T> type, string what = Its)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException exception)
        {
            throw new CommandException(
                ExitCode.PeerRefused, $"{what} cannot be read, is it of another version? {exception.Message}");
        }
    }

    /// <summary>Reads it.</summary>
    /// <inheritdoc cref="Read{T}(ReadOnlySpan{byte}, JsonTypeInfo{T}, string)"/>
    public static T Read<T>(string text, JsonTypeInfo<T> type, string what = Its) =>
        Read(Encoding.UTF8.GetBytes(text), type, what);
}

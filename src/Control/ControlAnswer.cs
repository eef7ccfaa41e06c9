using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Contract;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Control;

/// <summary>Ways to read a request and to answer it.</summary>
public static class ControlAnswer
{
    /// <summary>Reads what was sent along.</summary>
    /// <param name="context">The request.</param>
    /// <returns>All of it.</returns>
    /// <exception cref="BadHttpRequestException">It is longer than a volfile may be, or broke off.</exception>
    public static async Task<byte[]> ReadBodyAsync(this HttpContext context)
    {
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body);
        }
        catch (Exception exception) when (exception is OverflowException or (IOException and not BadHttpRequestException))
        {
            // As where the length of a chunk is no number that fits into 64 bits.
            throw new BadHttpRequestException($"what was sent cannot be read: {exception.Message}");
        }

        return body.ToArray();
    }

    /// <summary>Reads JSON that was sent along.</summary>
    /// <typeparam name="T">What it is to be.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="type">How JSON becomes that.</param>
    /// <returns>What was sent.</returns>
    /// <exception cref="BadHttpRequestException">It is something else; says what.</exception>
    public static async Task<T> ReadJsonAsync<T>(this HttpContext context, JsonTypeInfo<T> type) =>
        ReadJson(await ReadBodyAsync(context), type);

    /// <summary>Reads JSON.</summary>
    /// <typeparam name="T">What it is to be.</typeparam>
    /// <param name="body">The JSON.</param>
    /// <param name="type">How JSON becomes that.</param>
    /// <returns>What it is.</returns>
    /// <exception cref="BadHttpRequestException">It is something else; says what.</exception>
    public static T ReadJson<T>(byte[] body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new BadHttpRequestException("null was sent");
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException($"what was sent cannot be used: {exception.Message}");
        }
    }

    /// <summary>Answers with JSON.</summary>
    /// <typeparam name="T">What with.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="type">How it becomes JSON.</param>
    /// <returns>A task that ends when it has been written.</returns>
    public static async Task AnswerAsync<T>(this HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        await AnswerAsync(context, status, "application/json", [.. body, (byte)'\n']);
    }

    /// <summary>Answers with why something was not done.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="reason">The reason, in words.</param>
    /// <returns>A task that ends when it has been written.</returns>
    public static Task RefuseAsync(this HttpContext context, int status, string reason) =>
        AnswerAsync(context, status, new ControlError(reason), ControlJson.Default.ControlError);

    /// <summary>Answers with text.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="text">The text.</param>
    /// <returns>A task that ends when it has been written.</returns>
    public static Task AnswerAsync(this HttpContext context, int status, string text) =>
        AnswerAsync(context, status, "text/plain; charset=utf-8", text);

    /// <summary>Answers with text of a certain type.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="type">Its media type.</param>
    /// <param name="text">The text.</param>
    /// <returns>A task that ends when it has been written.</returns>
    public static Task AnswerAsync(this HttpContext context, int status, string type, string text) =>
        AnswerAsync(context, status, type, Encoding.UTF8.GetBytes(text));

    private static async Task AnswerAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }
}

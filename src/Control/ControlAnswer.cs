using KadaluFsd.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KadaluFsd.Control;

/// <summary>Answers that are not a record as JSON.</summary>
public static class ControlAnswer
{
    /// <summary>Reads all that was sent along.</summary>
    /// <param name="request">The request.</param>
    /// <returns>At most <see cref="ControlClient.MaxRequestBytes"/> bytes.</returns>
    /// <exception cref="BadHttpRequestException">It is longer, or was cut short.</exception>
    public static async Task<byte[]> ReadBodyAsync(this HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body);
        }
        catch (Exception exception) when (exception is OverflowException or (IOException and not BadHttpRequestException))
        {
            // As where the length of a chunk is no number that fits into 64 bits.
            throw new BadHttpRequestException($"what was sent cannot be read: {exception.Message}");
        }

        return body.ToArray();
    }

    /// <summary>Answers with plain text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>200 with the text.</returns>
    public static ContentHttpResult Text(string text) => TypedResults.Text(text, "text/plain; charset=utf-8");

    /// <summary>Answers that a process is ready.</summary>
    /// <param name="reasons">What needs attention all the same; empty where nothing does.</param>
    /// <returns>200 with a line of text.</returns>
    public static ContentHttpResult Ready(string reasons) => Text(reasons.Length == 0 ? "ok\n" : $"ok, but {reasons}\n");

    /// <summary>Says in the description that a route answers 200 with plain text.</summary>
    /// <param name="route">The route.</param>
    /// <returns>The route.</returns>
    public static RouteHandlerBuilder ProducesText(this RouteHandlerBuilder route) =>
        route.Produces<string>(StatusCodes.Status200OK, "text/plain");

    /// <summary>Says in the description that a route is sent plain text. Nothing is refused for its type.</summary>
    /// <param name="route">The route.</param>
    /// <returns>The route.</returns>
    public static RouteHandlerBuilder TakesText(this RouteHandlerBuilder route) => route.WithMetadata(new TextBody());

    /// <summary>Answers with a record, or with why there is none and the exit code of a command that fails for it.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="answer">Makes it.</param>
    public static async Task<Results<Ok<T>, JsonHttpResult<ControlError>>> OrRefusalAsync<T>(Func<Task<T>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        try
        {
            return TypedResults.Ok(await answer());
        }
        catch (CommandException exception)
        {
            return Refusal(exception);
        }
    }

    /// <summary>Answers with why something was not done, and the exit code of a command that fails for it.</summary>
    /// <param name="refusal">Why.</param>
    public static JsonHttpResult<ControlError> Refusal(CommandException refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return TypedResults.Json(
            new ControlError(refusal.Message, (int)refusal.Code), ControlJson.Default.ControlError,
            statusCode: refusal.Code switch
            {
                ExitCode.Usage => StatusCodes.Status400BadRequest,
                ExitCode.PeerRefused => StatusCodes.Status403Forbidden,
                ExitCode.PoolRefused => StatusCodes.Status409Conflict,
                ExitCode.PeerUnreachable => StatusCodes.Status502BadGateway,
                _ => StatusCodes.Status500InternalServerError,
            });
    }

    /// <summary>Answers with why something was not done, outside of a route.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="reason">The reason, in words.</param>
    /// <returns>A task that ends when it has been written.</returns>
    internal static Task RefuseAsync(this HttpContext context, int status, string reason) =>
        TypedResults.Json(new ControlError(reason), ControlJson.Default.ControlError, statusCode: status).ExecuteAsync(context);
}

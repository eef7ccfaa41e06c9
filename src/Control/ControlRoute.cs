using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Control;

/// <summary>Something that can be asked for on the control socket.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path; a last part of <c>*</c> stands for any one name.</param>
/// <param name="HandleAsync">Answers; given the request and the name.</param>
public sealed record ControlRoute(string Method, string Path, Func<HttpContext, string, Task> HandleAsync)
{
    private const string AnyName = "/*";

    /// <summary>Whether a path is this route's.</summary>
    /// <param name="path">The path.</param>
    /// <param name="name">Its last part, where any is allowed; else empty.</param>
    /// <returns>Whether it is.</returns>
    internal bool Fits(string path, out string name)
    {
        name = "";
        if (!Path.EndsWith(AnyName, StringComparison.Ordinal))
        {
            return path == Path;
        }

        string parent = Path[..^1];
        if (!path.StartsWith(parent, StringComparison.Ordinal) || path.IndexOf('/', parent.Length) >= 0)
        {
            return false;
        }

        name = path[parent.Length..];
        return name.Length > 0;
    }

    /// <summary>A route that answers with JSON.</summary>
    /// <typeparam name="T">What it answers with.</typeparam>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Path.</param>
    /// <param name="answer">Finds the answer.</param>
    /// <param name="type">How it becomes JSON; found when it is asked for the first time.</param>
    /// <returns>The route.</returns>
    public static ControlRoute Json<T>(string method, string path, Func<T> answer, Func<JsonTypeInfo<T>> type) =>
        new(method, path, (context, _) => context.AnswerAsync(StatusCodes.Status200OK, answer(), type()));
}

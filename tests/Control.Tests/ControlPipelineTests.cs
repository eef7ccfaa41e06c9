using System.Text;
using KadaluFsd.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Control.Tests;

/// <summary>Where requests get to, and what is said of those that get nowhere.</summary>
public class ControlPipelineTests
{
    [Theory]
    [InlineData("/readyz")]
    [InlineData("/v1/openapi.json")]
    [InlineData("/v1/log")]
    [InlineData("/v1/volfiles/pool1")]
    [InlineData("/v1/volfiles/a.b-c")]
    public async Task What_is_there_answers(string path) => Assert.Equal(200, (await AskAsync("GET", path)).Status);

    [Theory]
    [InlineData("/v1/logs")]
    [InlineData("/v1/log/deeper")]
    [InlineData("/v1/volfiles")]
    [InlineData("/v1/volfiles/")]
    [InlineData("/v1/volfiles/pool1/deeper")]
    [InlineData("/v2/log")]
    [InlineData("/")]
    public async Task What_is_not_there_is_not_found_and_where_to_look_is_said(string path)
    {
        (int status, string answer) = await AskAsync("GET", path);
        Assert.Equal(404, status);
        Assert.Contains($"there is nothing at {path}; /v1/openapi.json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_a_path_does_not_take_is_refused()
    {
        (int status, string answer) = await AskAsync("DELETE", "/v1/log");
        Assert.Equal(405, status);
        Assert.Contains("/v1/log does not take DELETE", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_says_itself_that_something_is_not_there()
    {
        (int status, string answer) = await AskAsync("GET", "/v1/volfiles/none");
        Assert.Equal(404, status);
        Assert.Contains("there is no volfile", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/readyz", 200)]
    [InlineData("GET", "/v1/log", 404)]
    [InlineData("GET", "/v1/openapi.json", 404)]
    public async Task Anybody_gets_at_what_is_public_and_at_nothing_else(string method, string path, int status) =>
        Assert.Equal(status, (await AskAsync(method, path, ControlPipeline.BuildPublic)).Status);

    [Theory]
    [InlineData(null)]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task What_is_sent_is_read_as_it_is_whatever_its_type_is_called(string? type)
    {
        (int status, string answer) = await AskAsync("PUT", "/v1/volfiles/pool1", body: "volume", type: type);
        Assert.Equal((200, "6 bytes"), (status, answer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task Who_sends_nothing_where_something_is_wanted_is_told_so(string body)
    {
        (int status, string answer) = await AskAsync("PUT", "/v1/log", body);
        Assert.Equal(400, status);
        Assert.Contains("nothing was sent along, or null: it takes a JSON object", answer, StringComparison.Ordinal);
    }

    private static Task<(int Status, string Answer)> AskAsync(string method, string path, string body = "", string? type = null) =>
        AskAsync(method, path, ControlPipeline.BuildPrivate, body, type);

    private static async Task<(int Status, string Answer)> AskAsync(
        string method, string path, Func<IServiceCollection, IControlRoutes, ControlPipeline> build, string body = "",
        string? type = null)
    {
        using ControlPipeline pipeline = build(ControlServices.Create(NullLoggerFactory.Instance), new SomeRoutes());
        var context = new DefaultHttpContext { RequestServices = pipeline.Services };
        using var answer = new MemoryStream();
        (context.Request.Method, context.Request.Path, context.Request.ContentType) = (method, path, type);
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Response.Body = answer;
        await pipeline.RunAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }

    private sealed class SomeRoutes : IControlRoutes
    {
        public string? Problem => null;

        public Stream OpenDescription() => new MemoryStream("{}"u8.ToArray());

        public void MapPublic(IEndpointRouteBuilder routes) => routes.MapGet("/readyz", () => ControlAnswer.Text("ok"));

        public void MapPrivate(IEndpointRouteBuilder routes)
        {
            routes.MapGet("/v1/log", () => new LogSettings("INFO"));
            routes.MapPut("/v1/log", (LogSettings settings) => settings);
            routes.MapGet("/v1/volfiles/{key}", (string key) => key == "none"
                ? (IResult)TypedResults.NotFound(new ControlError("there is no volfile"))
                : ControlAnswer.Text(key));
            routes.MapPut("/v1/volfiles/{key}", async (string key, HttpRequest request) =>
                ControlAnswer.Text($"{(await request.ReadBodyAsync()).Length} bytes"));
        }
    }
}

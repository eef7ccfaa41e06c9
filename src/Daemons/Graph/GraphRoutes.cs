using KadaluFsd.Contract;
using KadaluFsd.Control;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Daemons.Graph;

/// <summary>What a graph holds, and its options.</summary>
/// <param name="graph">The process.</param>
internal sealed class GraphRoutes(RunningGraph graph)
{
    /// <summary>The routes.</summary>
    /// <returns>All of them.</returns>
    internal IEnumerable<ControlRoute> Create() =>
    [
        ControlRoute.Json("GET", "/v1/memory", () => MemoryReader.Read(graph.Context), () => ControlJson.Default.MemoryReport),
        ControlRoute.Json("GET", "/v1/options", () => graph.Reload.GetOptions(), () => ControlJson.Default.OptionValueArray),
        new("PUT", "/v1/options", PutOptionAsync),
        new("GET", "/v1/statedump", AnswerStatedumpAsync),
    ];

    private async Task PutOptionAsync(HttpContext request, string name)
    {
        OptionChange change = await request.ReadJsonAsync(ControlJson.Default.OptionChange);
        ReloadResult result = graph.Reload.SetOption(change.Volume, change.Option, change.Value);
        await request.AnswerAsync(
            result.Graph == ReloadResult.Reconfigured ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
            result, ControlJson.Default.ReloadResult);
    }

    private async Task AnswerStatedumpAsync(HttpContext request, string name)
    {
        string format = request.Request.Query["format"].ToString();
        if (format is not ("" or "json" or "text"))
        {
            await request.RefuseAsync(StatusCodes.Status400BadRequest, $"format={format}: text or json");
            return;
        }

        try
        {
            string text = Statedump.Take(graph.Context);
            await (format == "text"
                ? request.AnswerAsync(StatusCodes.Status200OK, text)
                : request.AnswerAsync(
                    StatusCodes.Status200OK, Statedump.Parse(text), ControlJson.Default.IReadOnlyListStatedumpSection));
        }
        catch (IOException exception)
        {
            await request.RefuseAsync(StatusCodes.Status500InternalServerError, exception.Message);
        }
    }
}

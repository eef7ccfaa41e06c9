using KadaluFsd.Fsd.Hosting;
using KadaluFsd.Native;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Fsd.Control;

/// <summary>What a graph holds, and its options.</summary>
/// <param name="graph">The process.</param>
internal sealed class GraphRoutes(RunningGraph graph)
{
    /// <summary>The routes.</summary>
    /// <returns>All of them.</returns>
    internal IEnumerable<ControlRoute> Create() =>
    [
        ControlRoute.Json("GET", "/v1/memory", () => MemoryReport.Of(graph.Context), () => ControlJson.Default.MemoryReport),
        ControlRoute.Json("GET", "/v1/options", () => graph.Reload.GetOptions(), () => ControlJson.Default.OptionValueArray),
        new("PUT", "/v1/options", PutOptionAsync),
        new("GET", "/v1/statedump", AnswerStatedumpAsync),
    ];

    private async Task PutOptionAsync(HttpContext request, string name)
    {
        OptionChange change = await request.ReadJsonAsync(ControlJson.Default.OptionChange);
        ReloadResult result = graph.Reload.SetOption(change.Volume, change.Option, change.Value);
        await request.AnswerAsync(
            result.Graph == ReloadResult.Reconfigured ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity, result, ControlJson.Default.ReloadResult);
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
                : request.AnswerAsync(StatusCodes.Status200OK, Statedump.Parse(text), ControlJson.Default.IReadOnlyListStatedumpSection));
        }
        catch (IOException exception)
        {
            await request.RefuseAsync(StatusCodes.Status500InternalServerError, exception.Message);
        }
    }
}

/// <summary>What takes memory.</summary>
/// <param name="ResidentBytes">Of the process, in RAM.</param>
/// <param name="ManagedBytes">The managed heap.</param>
/// <param name="NativeBytes">What the graph, and all other native code, has allocated.</param>
/// <param name="Translators">What each translator has allocated, in pieces; GlusterFS counts no bytes.</param>
internal sealed record MemoryReport(long ResidentBytes, long ManagedBytes, long NativeBytes, TranslatorMemory[] Translators)
{
    /// <summary>Looks.</summary>
    /// <param name="context">The graph.</param>
    /// <returns>What takes memory now.</returns>
    internal static MemoryReport Of(GlusterContext context) => new(
        Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), GlusterContext.NativeBytes,
        [
            .. context.GetMemoryKinds().GroupBy(kind => kind.Translator).Select(group => new TranslatorMemory(
                group.Key, group.Sum(kind => kind.Allocations),
                group.Where(kind => kind.Allocations != 0).OrderByDescending(kind => kind.Allocations).GroupBy(kind => kind.Kind).ToDictionary(kinds => kinds.Key, kinds => kinds.Sum(kind => kind.Allocations)))),
        ]);
}

/// <summary>What one translator has allocated and not freed.</summary>
/// <param name="Volume">Its volume; <c>glusterfs</c> for libglusterfs itself.</param>
/// <param name="Allocations">Pieces in all.</param>
/// <param name="Kinds">Pieces by kind.</param>
internal sealed record TranslatorMemory(string Volume, long Allocations, IReadOnlyDictionary<string, long> Kinds);

/// <summary>An option to be set.</summary>
/// <param name="Volume">The translator's volume.</param>
/// <param name="Option">The option's name.</param>
/// <param name="Value">Its value; null for what the volfile says.</param>
internal sealed record OptionChange(string Volume, string Option, string? Value);

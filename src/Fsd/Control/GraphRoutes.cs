using KadaluFsd.Fsd.Unit;
using KadaluFsd.Native;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Fsd.Control;

/// <summary>What goes on in a unit's graph, and its options.</summary>
/// <param name="unit">The unit.</param>
internal sealed class GraphRoutes(RunningUnit unit)
{
    /// <summary>The routes.</summary>
    /// <returns>All of them.</returns>
    internal IEnumerable<ControlRoute> Create() =>
    [
        ControlRoute.Json("GET", "/v1/operations", GetOperations, () => ControlJson.Default.OperationReport),
        ControlRoute.Json("GET", "/v1/memory", () => MemoryReport.Of(unit.Context), () => ControlJson.Default.MemoryReport),
        ControlRoute.Json("GET", "/v1/options", () => unit.Reload.GetOptions(), () => ControlJson.Default.OptionValueArray),
        new("PUT", "/v1/options", PutOptionAsync),
        new("GET", "/v1/statedump", AnswerStatedumpAsync),
    ];

    private OperationReport GetOperations() => new(unit.Context.GetOperationCounts(), unit.Context.GetOperations(TimeSpan.Zero), unit.Slow.Get());

    private async Task PutOptionAsync(HttpContext request, string name)
    {
        OptionChange change = await request.ReadJsonAsync(ControlJson.Default.OptionChange);
        ReloadResult result = unit.Reload.SetOption(change.Volume, change.Option, change.Value);
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
            string text = Statedump.Take(unit.Context);
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

/// <summary>The file operations that clients ask for.</summary>
/// <param name="Kinds">What has come of each kind since the graph started.</param>
/// <param name="InProgress">Those that have not been answered; the newest first.</param>
/// <param name="Slowest">Those that took a second and more within the last hour; the slowest first.</param>
internal sealed record OperationReport(OperationCount[] Kinds, OperationInProgress[] InProgress, SlowOperation[] Slowest);

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

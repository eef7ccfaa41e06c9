using KadaluFsd.Contract;
using KadaluFsd.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Graph;

/// <summary>What a graph holds, and its options.</summary>
/// <param name="graph">The process.</param>
internal sealed class GraphRoutes(RunningGraph graph)
{
    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where they are mapped.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/memory", GetMemory).WithName("getMemory");
        routes.MapGet("/v1/options", GetOptions).WithName("getOptions");
        routes.MapPut("/v1/options", SetOption).WithName("setOption");
        routes.MapGet("/v1/statedump", GetStatedump).WithName("getStatedump");
    }

    /// <summary>What the translators have allocated, by kind.</summary>
    internal MemoryReport GetMemory() => MemoryReader.Read(graph.Context);

    /// <summary>Every option that the translators of the graph know, and what it is now.</summary>
    internal OptionValue[] GetOptions() => graph.Reload.GetOptions();

    /// <summary>Sets an option in the running graph, until the process ends.</summary>
    /// <response code="200">The graph has it.</response>
    /// <response code="422">It has not; says why.</response>
    internal Results<Ok<ReloadResult>, UnprocessableEntity<ReloadResult>, BadRequest<ControlError>> SetOption(OptionChange change)
    {
        ReloadResult result = graph.Reload.SetOption(change.Volume, change.Option, change.Value);
        return result.Graph == ReloadResult.Reconfigured
            ? TypedResults.Ok(result)
            : TypedResults.UnprocessableEntity(result);
    }

    /// <summary>GlusterFS's own account of the process: memory, inodes, operations.</summary>
    /// <param name="format">json, which is the default, or text, as GlusterFS writes it.</param>
    internal Results<Ok<IReadOnlyList<StatedumpSection>>, ContentHttpResult, BadRequest<ControlError>,
        InternalServerError<ControlError>> GetStatedump(string? format = null)
    {
        if (format is not (null or "" or "json" or "text"))
        {
            return TypedResults.BadRequest(new ControlError($"format={format}: text or json"));
        }

        try
        {
            string text = Statedump.Take(graph.Context);
            return format == "text" ? ControlAnswer.Text(text) : TypedResults.Ok(Statedump.Parse(text));
        }
        catch (IOException exception)
        {
            return TypedResults.InternalServerError(new ControlError(exception.Message));
        }
    }
}

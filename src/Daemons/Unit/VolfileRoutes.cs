using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Volgen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Unit;

/// <summary>A unit's volfiles: which are there, their texts, new ones.</summary>
/// <param name="unit">The unit.</param>
internal sealed class VolfileRoutes(RunningUnit unit)
{
    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where they are mapped.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/volfiles", GetVolfiles).WithName("getVolfiles");
        routes.MapGet("/v1/volfiles/{key}", GetVolfile).WithName("getVolfile").ProducesText();
        routes.MapPut("/v1/volfiles/{key}", PutVolfileAsync).WithName("putVolfile").TakesText();
    }

    /// <summary>The volfiles that clients may fetch, and how many hold them.</summary>
    internal ServedVolfile[] GetVolfiles()
    {
        ILookup<string, HeldByClient> held = ClientReader.Read(unit.Context, unit.Volfiles).Volfile
            .SelectMany(client => client.Volfiles)
            .ToLookup(volfile => volfile.Key);
        return
        [
            .. unit.Volfiles.Store.Current.Values
                .OrderBy(volfile => volfile.Key, StringComparer.Ordinal)
                .Select(volfile => new ServedVolfile(
                    volfile.Key, volfile.Length, volfile.Hash, held[volfile.Key].Count(client => client.IsCurrent),
                    held[volfile.Key].Count(client => !client.IsCurrent))),
        ];
    }

    /// <summary>The text of a volfile.</summary>
    /// <param name="key">Its key, such as pool1.</param>
    internal Results<ContentHttpResult, NotFound<ControlError>> GetVolfile(string key) =>
        VolfileKey.TryNormalise(key, out string normal) && unit.Volfiles.Store.Find(normal) is { } volfile
            ? ControlAnswer.Text(volfile.Text)
            : TypedResults.NotFound(new ControlError($"there is no volfile \"{key}\""));

    /// <summary>Replaces a volfile on disk, and for clients, which fetch it again.</summary>
    /// <param name="key">Its key: letters, digits, "_", "-", and "." inside.</param>
    /// <param name="request">Has the volfile, as it is.</param>
    /// <response code="400">The key is not legal.</response>
    /// <response code="422">The volfile is wrong, or it is the unit's own and its graph refuses it. Nothing was
    /// changed.</response>
    internal async Task<Results<Ok<PutVolfile>, BadRequest<ControlError>, UnprocessableEntity<ControlError>,
        InternalServerError<ControlError>>> PutVolfileAsync(string key, HttpRequest request)
    {
        if (!VolfileKey.TryNormalise(key, out string normal) || normal != key)
        {
            return TypedResults.BadRequest(
                new ControlError($"\"{key}\" is not a legal name: letters, digits, \"_\", \"-\", and \".\" inside"));
        }

        try
        {
            return await PutAsync(key, await request.ReadBodyAsync());
        }
        catch (VolfileException exception)
        {
            return TypedResults.UnprocessableEntity(new ControlError(exception.Message));
        }
        catch (Exception exception)
            when (exception is UnauthorizedAccessException or TimeoutException or (IOException and not BadHttpRequestException))
        {
            return TypedResults.InternalServerError(new ControlError(exception.Message));
        }
    }

    // The unit's own volfile is tried on its graph first: what the graph refuses is not kept.
    private async Task<Results<Ok<PutVolfile>, BadRequest<ControlError>, UnprocessableEntity<ControlError>,
        InternalServerError<ControlError>>> PutAsync(string key, byte[] text)
    {
        StoredVolfile checkedText = unit.Volfiles.Store.Check(key, text);
        bool isOwn = IsOwn(unit.Volfiles.Store.PathOf(key));
        ReloadResult? graph = null;
        bool? isChanged = await unit.Volfiles.Store.PutAsync(
            checkedText, text,
            () => !isOwn || (graph = unit.Reload.Try(text)) is not { Graph: ReloadResult.Refused or ReloadResult.PartlyApplied });
        if (isChanged is null)
        {
            return TypedResults.UnprocessableEntity(new ControlError($"{graph!.Graph}: {graph.Reason}"));
        }

        ControlLog.VolfilePut(unit.Logger, key, text.Length, checkedText.Hash);
        return TypedResults.Ok(
            new PutVolfile(key, text.Length, checkedText.Hash, isChanged.Value, isOwn, graph?.Graph, graph?.Reason));
    }

    // Whatever the two paths look like.
    private bool IsOwn(string path) =>
        FileStatus.Read(path, out FileStatus there) == Errno.None &&
        FileStatus.Read(unit.Options.Volfile, out FileStatus own) == Errno.None && there.IsSameFile(own);
}

using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Volgen;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Daemons.Unit;

/// <summary>A unit's volfiles: which are there, their texts, new ones.</summary>
/// <param name="unit">The unit.</param>
internal sealed class VolfileRoutes(RunningUnit unit)
{
    /// <summary>The routes.</summary>
    /// <returns>All of them.</returns>
    internal IEnumerable<ControlRoute> Create() =>
    [
        ControlRoute.Json("GET", "/v1/volfiles", List, () => ControlJson.Default.ServedVolfileArray),
        new("GET", "/v1/volfiles/*", GetAsync),
        new("PUT", "/v1/volfiles/*", PutAsync),
    ];

    private ServedVolfile[] List()
    {
        ILookup<string,
        HeldByClient> held = ClientReader.Read(unit.Context, unit.Volfiles).Volfile.SelectMany(client => client.Volfiles)
        .ToLookup(volfile => volfile.Key);
        return
        [
            .. unit.Volfiles.Store.Current.Values.OrderBy(volfile => volfile.Key, StringComparer.Ordinal)
                .Select(volfile => new ServedVolfile(
                volfile.Key, volfile.Length, volfile.Hash, held[volfile.Key].Count(client => client.IsCurrent),
                held[volfile.Key].Count(client => !client.IsCurrent))),
        ];
    }

    private Task GetAsync(HttpContext request, string name) =>
        VolfileKey.TryNormalise(name, out string key) && unit.Volfiles.Store.Find(key) is { } volfile
            ? request.AnswerAsync(StatusCodes.Status200OK, volfile.Text)
            : request.RefuseAsync(StatusCodes.Status404NotFound, $"there is no volfile \"{name}\"");

    // Whatever the two paths look like.
    private bool IsOwn(string path) =>
        FileStatus.Read(path, out FileStatus there) == Errno.None &&
        FileStatus.Read(unit.Options.Volfile, out FileStatus own) == Errno.None && there.IsSameFile(own);

    // The unit's own volfile is tried on its graph first: what the graph refuses is not kept.
    private async Task PutAsync(HttpContext request, string name)
    {
        if (!VolfileKey.TryNormalise(name, out string key) || key != name)
        {
            await request.RefuseAsync(
                StatusCodes.Status400BadRequest,
                $"\"{name}\" is not a legal name: letters, digits, \"_\", \"-\", and \".\" inside");
            return;
        }

        byte[] text = await request.ReadBodyAsync();
        try
        {
            StoredVolfile checkedText = unit.Volfiles.Store.Check(key, text);
            bool isOwn = IsOwn(unit.Volfiles.Store.PathOf(key));
            ReloadResult? graph = null;
            bool? isChanged = await unit.Volfiles.Store.PutAsync(
                checkedText, text,
                () => !isOwn ||
                (graph = unit.Reload.Try(text)) is not { Graph: ReloadResult.Refused or ReloadResult.PartlyApplied });
            if (isChanged is null)
            {
                await request.RefuseAsync(StatusCodes.Status422UnprocessableEntity, $"{graph!.Graph}: {graph.Reason}");
                return;
            }

            ControlLog.VolfilePut(unit.Logger, key, text.Length, checkedText.Hash);
            await request.AnswerAsync(
                StatusCodes.Status200OK,
                new PutVolfile(key, text.Length, checkedText.Hash, isChanged.Value, isOwn, graph?.Graph, graph?.Reason),
                ControlJson.Default.PutVolfile);
        }
        catch (VolfileException exception)
        {
            await request.RefuseAsync(StatusCodes.Status422UnprocessableEntity, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TimeoutException)
        {
            await request.RefuseAsync(StatusCodes.Status500InternalServerError, exception.Message);
        }
    }
}

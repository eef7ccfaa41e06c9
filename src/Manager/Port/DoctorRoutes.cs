using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Doctor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What commands can ask of the manager about the cluster as a whole.</summary>
/// <param name="doctor">Checks it.</param>
internal sealed class DoctorRoutes(ClusterDoctor doctor)
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes) => routes.MapGet(ManagerPaths.Doctor, ExamineAsync);

    private Task<Results<Ok<DoctorReport>, JsonHttpResult<ControlError>>> ExamineAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => doctor.ExamineAsync(cancellation));
}

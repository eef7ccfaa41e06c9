using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting;
using KadaluFsd.Manager.Nodes;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Manager.Port;

/// <summary>Where nodes are served: nowhere, as long as there is no cluster.</summary>
internal sealed class ManagerPort(
    ManagerOptions options, ClusterIdentity cluster, NodeClients clients, ManagerRoutes routes, ILoggerFactory loggers) : Part
{
    private PeerServer? _server;

    /// <summary>Serves from now on, if there is a cluster.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    internal async Task OpenAsync()
    {
        if (cluster.IsThere)
        {
            _server ??= await PeerServer.StartAsync(
                options.ParseListen(), () => clients.Tls.ForServer(),
                JsonTypeInfoResolver.Combine(NodeJson.Default, CommandJson.Default), routes.Map,
                routes.FindRefusalAsync, loggers);
        }
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping) => OpenAsync();

    /// <inheritdoc/>
    protected override async Task StopAsync() => await (_server?.DisposeAsync() ?? default);
}

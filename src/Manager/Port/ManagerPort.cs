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
    ManagerOptions options, ClusterIdentity cluster, NodeClients clients, ManagerRoutes routes, ILoggerFactory loggers)
    : Part, IDisposable
{
    private PeerServer? _server;

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Makes a cluster, and serves its nodes from now on. Where the port cannot be had no cluster is made.</summary>
    /// <param name="host">A name or an address of the manager that all nodes can reach.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It cannot; nothing was changed.</exception>
    internal async Task CreateClusterAsync(string host, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            // As long as there is no cluster connections end in their handshakes.
            await OpenAsync();
            await cluster.CreateAsync(host, cancellation);
            clients.Reset();
        }
        finally
        {
            if (!cluster.IsThere)
            {
                await StopAsync();
            }

            _one.Release();
        }
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping) => cluster.IsThere ? OpenAsync() : Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task StopAsync()
    {
        PeerServer? server = _server;
        _server = null;
        await (server?.DisposeAsync() ?? default);
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task OpenAsync() => _server ??= await PeerServer.StartAsync(
        options.ParseListen(), () => clients.Tls.ForServer(),
        JsonTypeInfoResolver.Combine(NodeJson.Default, CommandJson.Default), routes.Map,
        routes.FindRefusalAsync, loggers);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glusterfs/gf-event.h>

#include "internal.h"

static event_notify_fn_t server_notify;

/* Sits in front of protocol/server's own notify, so that the unit hears what its graph says upwards. */
static int32_t
observe_notify(xlator_t *this, int32_t event, void *data, ...)
{
    if (data != NULL && (event == GF_EVENT_CHILD_UP || event == GF_EVENT_CHILD_DOWN)) {
        kfsd_event_post(kfsd_process_context, event == GF_EVENT_CHILD_UP ? KFSD_EVENT_CHILD_UP : KFSD_EVENT_CHILD_DOWN, "%s",
                        ((xlator_t *)data)->name);
    }
    return server_notify(this, event, data);
}

static void *
dispatch(void *data)
{
    struct event_pool *pool = data;

    (void)gf_event_dispatch(pool);

    /* Whoever waits for the last event thread to end is not told by libglusterfs, and would wait a second for nothing. */
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->cond);
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* After this the listener has no name in the file system; /proc/self/fd still leads to it. */
static int32_t
hide_listener(struct kfsd_context *context)
{
    context->listener_path_fd = open(context->listener.sun_path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
    if (context->listener_path_fd < 0 || unlink(context->listener.sun_path) != 0) {
        return kfsd_fail(errno, "private listener %s: %s", context->listener.sun_path, strerror(errno));
    }
    return 0;
}

static int32_t
construct(struct kfsd_context *context, const char *volfile, int64_t volfile_length, glusterfs_graph_t **graph)
{
    FILE *stream;

    if (context->graph != NULL) {
        return kfsd_fail(EALREADY, "a graph is up already");
    }
    if (volfile_length <= 0) {
        return kfsd_fail(EINVAL, "volfile of %lld bytes", (long long)volfile_length);
    }
    stream = fmemopen((void *)volfile, (size_t)volfile_length, "r");
    if (stream == NULL) {
        return kfsd_fail(errno, "fmemopen: %s", strerror(errno));
    }
    *graph = glusterfs_graph_construct(stream);
    (void)fclose(stream);
    return *graph != NULL ? 0 : kfsd_fail(EINVAL, "GlusterFS refused the volfile");
}

static int32_t
activate(struct kfsd_context *context, glusterfs_graph_t *graph)
{
    glusterfs_ctx_t *ctx = context->glusterfs;

    return glusterfs_graph_prepare(graph, ctx, ctx->cmd_args.volume_name) == 0 && glusterfs_graph_activate(graph, ctx) == 0
               ? 0
               : kfsd_fail(EIO, "a translator did not come up");
}

static int32_t
run(struct kfsd_context *context, glusterfs_graph_t *graph)
{
    int error = pthread_create(&context->dispatcher, NULL, dispatch, context->glusterfs->event_pool);

    if (error != 0) {
        return kfsd_fail(error, "pthread_create: %s", strerror(error));
    }
    context->graph = graph;
    return 0;
}

static int32_t
start(struct kfsd_context *context, const char *volfile, int64_t volfile_length, const char *listen_path)
{
    glusterfs_graph_t *graph;
    xlator_t *server;
    int32_t error;

    if (strlen(listen_path) >= sizeof(context->listener.sun_path)) {
        return kfsd_fail(EINVAL, "listener path of %zu bytes", strlen(listen_path));
    }
    error = construct(context, volfile, volfile_length, &graph);
    if (error != 0) {
        return error;
    }
    context->listener.sun_family = AF_UNIX;
    strcpy(context->listener.sun_path, listen_path);
    server = graph->first;
    if (strcmp(server->type, "protocol/server") != 0 || server->children == NULL) {
        return kfsd_fail(EINVAL, "the top translator is %s, not protocol/server", server->type);
    }

    /* auth.* stand on the server in the volfile, but are looked up on the child a client binds to. */
    (void)copy_opts_to_child(server, server->children->xlator, (char *)"*auth*");
    server_notify = server->notify;
    server->notify = observe_notify;

    error = activate(context, graph);
    if (error == 0) {
        error = kfsd_connections_check();
    }
    if (error == 0) {
        error = kfsd_descriptors_check();
    }
    if (error == 0) {
        error = kfsd_setvolume_check();
    }
    if (error == 0) {
        error = hide_listener(context);
    }
    return error == 0 ? run(context, graph) : error;
}

static int32_t
start_client(struct kfsd_context *context, const char *volfile, int64_t volfile_length)
{
    glusterfs_graph_t *graph;
    int32_t error = construct(context, volfile, volfile_length, &graph);

    if (error == 0) {
        error = kfsd_observe_units(graph);
    }
    if (error == 0) {
        context->glusterfs->process_mode = GF_CLIENT_PROCESS;
        context->glusterfs->cmd_args.process_name = gf_strdup("heal-daemon"); /* how the units list this client */
        error = activate(context, graph);
    }
    return error == 0 ? run(context, graph) : error;
}

int32_t
kfsd_graph_start(kfsd_context *context, const char *volfile, int64_t volfile_length, const char *listen_path)
{
    int32_t ret;

    KFSD_ENTER();
    ret = start(context, volfile, volfile_length, listen_path);
    KFSD_LEAVE();
    return ret;
}

int32_t
kfsd_client_graph_start(kfsd_context *context, const char *volfile, int64_t volfile_length)
{
    int32_t ret;

    KFSD_ENTER();
    ret = start_client(context, volfile, volfile_length);
    KFSD_LEAVE();
    return ret;
}

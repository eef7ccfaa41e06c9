/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include <glusterfs/statedump.h>

#include "internal.h"

/* A dump sets the times that the server has taken back to nothing; what it had is put on top again. */
static void
dump(kfsd_context *context)
{
    gf_latency_t before[GF_FOP_MAXVALUE];
    xlator_t *server = context->graph != NULL ? context->graph->first : NULL;
    int kind;

    for (kind = 0; server != NULL && kind < GF_FOP_MAXVALUE; kind++) {
        before[kind] = server->stats[kind].latencies;
    }
    gf_proc_dump_info(SIGUSR1, context->glusterfs);
    for (kind = 0; server != NULL && kind < GF_FOP_MAXVALUE; kind++) {
        gf_latency_t *now = &server->stats[kind].latencies;

        if (now->count < before[kind].count) {
            now->count += before[kind].count;
            now->total += before[kind].total;
            now->max = now->max > before[kind].max ? now->max : before[kind].max;
            now->min = now->min < before[kind].min ? now->min : before[kind].min;
        }
    }
}

void
kfsd_statedump(kfsd_context *context, const char *directory)
{
    char *usual;

    if (context == NULL) {
        return;
    }
    KFSD_ENTER();
    /* The server's own reconfiguration frees and sets the path. */
    pthread_mutex_lock(&kfsd_reconfigure_lock);
    usual = context->glusterfs->statedump_path;
    if (directory != NULL) {
        context->glusterfs->statedump_path = (char *)directory;
    }
    dump(context);
    context->glusterfs->statedump_path = usual;
    pthread_mutex_unlock(&kfsd_reconfigure_lock);
    KFSD_LEAVE();
}

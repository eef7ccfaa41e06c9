/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

pthread_mutex_t kfsd_reconfigure_lock = PTHREAD_MUTEX_INITIALIZER;

/* libglusterfs applies options one translator after the other and stops at the first that refuses: what can be known to be wrong
 * must be found before. */
static int32_t
check_options(glusterfs_graph_t *graph)
{
    for (xlator_t *translator = graph->first; translator != NULL; translator = translator->next) {
        char *reason = NULL;

        if (!list_empty(&translator->volume_options) &&
            xlator_options_validate(translator, translator->options, &reason) != 0) {
            int32_t ret = kfsd_fail(EINVAL, "volume %s: %s", translator->name, reason != NULL ? reason : "an option is wrong");
            GF_FREE(reason);
            return ret;
        }
    }
    return 0;
}

/* KFSD_RECONFIGURED stands for "may be applied". */
static int32_t
inspect(struct kfsd_context *context, FILE *stream)
{
    glusterfs_ctx_t *ctx = context->glusterfs;
    glusterfs_graph_t *graph = glusterfs_graph_construct(stream);
    xlator_t *running = context->graph->first;
    xlator_t *top;
    int32_t ret;

    if (graph == NULL) {
        context->parser_is_spoilt = 1;
        return kfsd_fail(EINVAL, "GlusterFS refused the volfile");
    }
    top = graph->first;
    if (top->children == NULL || strcmp(top->type, running->type) != 0) {
        ret = kfsd_fail(EINVAL, "the top translator is %s, not %s", top->type, running->type);
    } else if (glusterfs_graph_prepare(graph, ctx, ctx->cmd_args.volume_name) != 0) {
        ret = kfsd_fail(EINVAL, "GlusterFS refused the volfile");
    } else if (!is_graph_topology_equal(ctx->active, graph)) {
        ret = KFSD_NEW_GRAPH_NEEDED;
    } else {
        ret = check_options(graph);
    }
    (void)glusterfs_graph_destroy(graph);
    return ret;
}

static int32_t
reconfigure(struct kfsd_context *context, const char *volfile, int64_t volfile_length)
{
    FILE *stream;
    int32_t ret;

    if (context->graph == NULL) {
        return kfsd_fail(ENODEV, "no graph is up");
    }
    if (context->parser_is_spoilt) {
        return kfsd_fail(ENOTRECOVERABLE, "GlusterFS could not parse an earlier volfile, and can parse none in this process any more");
    }
    if (volfile_length <= 0) {
        return kfsd_fail(EINVAL, "volfile of %lld bytes", (long long)volfile_length);
    }
    stream = fmemopen((void *)volfile, (size_t)volfile_length, "r");
    if (stream == NULL) {
        return kfsd_fail(errno, "fmemopen: %s", strerror(errno));
    }
    ret = inspect(context, stream);
    if (ret == KFSD_RECONFIGURED) {
        rewind(stream);
        if (glusterfs_volfile_reconfigure(stream, context->glusterfs) != 0) {
            ret = kfsd_fail(EIO, "a translator refused its options");
        }
    }
    (void)fclose(stream);
    return ret;
}

int32_t
kfsd_graph_reconfigure(kfsd_context *context, const char *volfile, int64_t volfile_length)
{
    int32_t ret;

    KFSD_ENTER();
    pthread_mutex_lock(&kfsd_reconfigure_lock);
    ret = reconfigure(context, volfile, volfile_length);
    pthread_mutex_unlock(&kfsd_reconfigure_lock);
    KFSD_LEAVE();
    return ret;
}

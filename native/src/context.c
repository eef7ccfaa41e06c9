/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <glusterfs/call-stub.h>
#include <glusterfs/client_t.h>
#include <glusterfs/common-utils.h>
#include <glusterfs/gf-event.h>
#include <glusterfs/iobuf.h>
#include <glusterfs/statedump.h>
#include <glusterfs/syncop.h>
#include <glusterfs/timer.h>

#include "internal.h"

struct kfsd_context *kfsd_process_context;

/* libglusterfs/src/timer-wheel.h is not installed; the wheel stays opaque here. */
struct tvec_base *glusterfs_ctx_tw_get(glusterfs_ctx_t *ctx);

int32_t
kfsd_api_version(void)
{
    return KFSD_API_VERSION;
}

const char *
kfsd_glusterfs_version(void)
{
    return KFSD_GLUSTERFS_VERSION;
}

const char *
kfsd_translator_directory(void)
{
    return KFSD_TRANSLATOR_DIRECTORY;
}

/* Pools and lists that every translator takes for granted; the sizes are glusterfsd's. */
static int
create_pools(glusterfs_ctx_t *ctx)
{
    call_pool_t *calls;

    ctx->page_size = 128 * GF_UNIT_KB;
    ctx->process_uuid = generate_glusterfs_ctx_id();
    ctx->iobuf_pool = iobuf_pool_new();
    ctx->event_pool = gf_event_pool_new(16384, STARTING_EVENT_THREADS);
    ctx->env = syncenv_new(0, 0, 0);
    ctx->stub_mem_pool = mem_pool_new(call_stub_t, 1024);
    ctx->dict_pool = mem_pool_new(dict_t, 4096);
    ctx->dict_pair_pool = mem_pool_new(data_pair_t, 16384);
    ctx->dict_data_pool = mem_pool_new(data_t, 16384);
    ctx->logbuf_pool = mem_pool_new(log_buf_t, 256);
    ctx->clienttable = gf_clienttable_alloc();

    calls = GF_CALLOC(1, sizeof(*calls), gf_common_mt_char);
    if (calls == NULL) {
        return -1;
    }
    INIT_LIST_HEAD(&calls->all_frames);
    LOCK_INIT(&calls->lock);
    calls->frame_mem_pool = mem_pool_new(call_frame_t, 4096);
    calls->stack_mem_pool = mem_pool_new(call_stack_t, 1024);
    ctx->pool = calls;

    return ctx->process_uuid && ctx->iobuf_pool && ctx->event_pool && ctx->env && ctx->stub_mem_pool && ctx->dict_pool &&
                   ctx->dict_pair_pool && ctx->dict_data_pool && ctx->logbuf_pool && ctx->clienttable &&
                   calls->frame_mem_pool && calls->stack_mem_pool && glusterfs_ctx_tw_get(ctx)
               ? 0
               : -1;
}

/* Lists and locks that posix's janitor and disk-space threads, and the option code, expect to find ready. */
static void
initialise_fields(glusterfs_ctx_t *ctx)
{
    cmd_args_t *arguments = &ctx->cmd_args;

    pthread_mutex_init(&ctx->notify_lock, NULL);
    pthread_mutex_init(&ctx->cleanup_lock, NULL);
    pthread_cond_init(&ctx->notify_cond, NULL);
    pthread_mutex_init(&ctx->fd_lock, NULL);
    pthread_cond_init(&ctx->fd_cond, NULL);
    INIT_LIST_HEAD(&ctx->janitor_fds);
    pthread_mutex_init(&ctx->xl_lock, NULL);
    pthread_cond_init(&ctx->xl_cond, NULL);
    INIT_LIST_HEAD(&ctx->diskth_xl);

    INIT_LIST_HEAD(&arguments->xlator_options);
    INIT_LIST_HEAD(&arguments->volfile_servers);
    arguments->logger = gf_logger_glusterlog;
    arguments->log_format = gf_logformat_withmsgid;
    arguments->log_buf_size = GF_LOG_LRU_BUFSIZE_DEFAULT;
    arguments->log_flush_timeout = GF_LOG_FLUSH_TIMEOUT_DEFAULT;
    arguments->mem_acct = ctx->mem_acct_enable;

    ctx->process_mode = GF_SERVER_PROCESS;
    ctx->measure_latency = _gf_true;
}

static int32_t
create(const char *log_file, int32_t log_level, const char *volfile_id, kfsd_context **out)
{
    struct kfsd_context *context;
    glusterfs_ctx_t *ctx;
    struct stat directory;
    int32_t ret;

    if (log_level < GF_LOG_EMERG || log_level > GF_LOG_TRACE || *log_file == '\0' || *volfile_id == '\0') {
        return kfsd_fail(EINVAL, "log level %d, log file \"%s\", volfile id \"%s\"", log_level, log_file, volfile_id);
    }
    if (kfsd_process_context != NULL) {
        return kfsd_fail(EALREADY, "this process has a GlusterFS context already");
    }
    if (stat(KFSD_TRANSLATOR_DIRECTORY, &directory) != 0 || !S_ISDIR(directory.st_mode)) {
        return kfsd_fail(ENOENT, "no translators in %s: libkfsd was built for GlusterFS %s, which is not installed",
                         KFSD_TRANSLATOR_DIRECTORY, KFSD_GLUSTERFS_VERSION);
    }

    context = calloc(1, sizeof(*context));
    if (context == NULL) {
        return kfsd_fail(ENOMEM, "out of memory");
    }
    context->listener_path_fd = -1;
    pthread_mutex_init(&context->adopt_lock, NULL);
    ret = kfsd_events_init(context);
    if (ret != 0) {
        free(context);
        return ret;
    }

    mem_pools_init();
    ctx = glusterfs_ctx_new();
    if (ctx == NULL || glusterfs_globals_init(ctx) != 0) {
        return kfsd_fail(ENOMEM, "libglusterfs could not set up its globals");
    }
    THIS = &global_xlator;
    THIS->ctx = ctx;
    if (xlator_mem_acct_init(THIS, gf_common_mt_end + 1) != 0 || create_pools(ctx) != 0) {
        return kfsd_fail(ENOMEM, "libglusterfs could not create its memory pools");
    }
    initialise_fields(ctx);
    ctx->cmd_args.volfile_id = gf_strdup(volfile_id);
    ctx->cmd_args.log_file = gf_strdup(log_file);
    ctx->cmd_args.log_level = (gf_loglevel_t)log_level;

    if (gf_log_init(ctx, log_file, NULL) != 0) {
        return kfsd_fail(EIO, "cannot open the log %s", log_file);
    }
    gf_log_set_loglevel(ctx, (gf_loglevel_t)log_level);
    gf_log_set_logger(gf_logger_glusterlog);
    if (gf_log_inject_timer_event(ctx) != 0) {
        return kfsd_fail(ENOMEM, "cannot start the log's flush timer");
    }
    gf_proc_dump_init();

    context->glusterfs = ctx;
    kfsd_process_context = context;
    *out = context;
    return 0;
}

int32_t
kfsd_context_create(const char *log_file, int32_t log_level, const char *volfile_id, kfsd_context **out)
{
    int32_t ret;

    KFSD_ENTER();
    ret = create(log_file, log_level, volfile_id, out);
    KFSD_LEAVE();
    return ret;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>

#include <glusterfs/logging.h>

#include "internal.h"

void
kfsd_log(kfsd_context *context, int32_t level, int32_t message_id, const char *domain, const char *file, const char *function,
         const char *message)
{
    if (context == NULL || level < GF_LOG_EMERG || level > GF_LOG_TRACE) {
        return;
    }
    KFSD_ENTER();
    if (level <= (int32_t)gf_log_get_loglevel()) {
        kfsd_log_line(level, (uint64_t)message_id, domain, file, function, 0, 0, message);
    }
    KFSD_LEAVE();
}

void
kfsd_log_finish(kfsd_context *context)
{
    if (context == NULL) {
        return;
    }
    KFSD_ENTER();
    gf_log_disable_suppression_before_exit(context->glusterfs);
    KFSD_LEAVE();
}

void
kfsd_log_reopen(kfsd_context *context)
{
    if (context == NULL) {
        return;
    }
    KFSD_ENTER();
    gf_log_logrotate(SIGHUP);
    KFSD_LEAVE();
}

int32_t
kfsd_log_level(kfsd_context *context, int32_t level)
{
    if (context == NULL || level < GF_LOG_EMERG || level > GF_LOG_TRACE) {
        return kfsd_fail(EINVAL, "log level %d", level);
    }
    KFSD_ENTER();
    gf_log_set_loglevel(context->glusterfs, (gf_loglevel_t)level);
    context->glusterfs->cmd_args.log_level = (gf_loglevel_t)level;
    KFSD_LEAVE();
    return 0;
}

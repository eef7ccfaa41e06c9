/* SPDX-License-Identifier: Apache-2.0 */
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
    (void)_gf_msg(domain, file, function, 0, (gf_loglevel_t)level, 0, 0, (uint64_t)message_id, "%s", message);
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

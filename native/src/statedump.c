/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include <glusterfs/statedump.h>

#include "internal.h"

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

void
kfsd_statedump(kfsd_context *context, const char *directory)
{
    char *usual;

    if (context == NULL) {
        return;
    }
    KFSD_ENTER();
    pthread_mutex_lock(&one);
    usual = context->glusterfs->statedump_path;
    if (directory != NULL) {
        context->glusterfs->statedump_path = (char *)directory;
    }
    gf_proc_dump_info(SIGUSR1, context->glusterfs);
    context->glusterfs->statedump_path = usual;
    pthread_mutex_unlock(&one);
    KFSD_LEAVE();
}

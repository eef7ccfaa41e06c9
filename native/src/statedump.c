/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include <glusterfs/statedump.h>

#include "internal.h"

void
kfsd_statedump(kfsd_context *context)
{
    if (context == NULL) {
        return;
    }
    KFSD_ENTER();
    gf_proc_dump_info(SIGUSR1, context->glusterfs);
    KFSD_LEAVE();
}

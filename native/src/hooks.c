/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The functions of libglusterfs that libkfsd replaces by coming before it in symbol lookup, and whether it does.
 */
#include <dlfcn.h>
#include <errno.h>

#include <glusterfs/syncop.h>
#include <glusterfs/syscall.h>

#include "internal.h"

/* rpcsvc_register_notify() is found to be called when the graph is up (clients.c); the log works as well without its two. */
static const struct {
    const char *name;
    void *function;
} hooks[] = {
    {"sys_accept", (void *)sys_accept},
    {"sys_rename", (void *)sys_rename},
    {"syncop_link", (void *)syncop_link},
    {"syncop_opendir", (void *)syncop_opendir},
    {"syncop_rename", (void *)syncop_rename},
};

int32_t
kfsd_hook_check(void)
{
    for (size_t index = 0; index < sizeof(hooks) / sizeof(hooks[0]); index++) {
        void *found = dlsym(RTLD_DEFAULT, hooks[index].name);
        Dl_info info = {0};

        if (found != hooks[index].function) {
            (void)dladdr(found, &info);
            return kfsd_fail(ENOTSUP, "%s is taken from %s, not from libkfsd: load libkfsd with RTLD_GLOBAL, and first", hooks[index].name,
                             info.dli_fname != NULL ? info.dli_fname : "nowhere");
        }
    }
    return 0;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Translators of our own have types of their own, kadalu/NAME, and a folder of their own: translators/MAJOR beside this library, MAJOR being the
 * major version of the GlusterFS they were built for. libglusterfs loads what lies below its own folder only; its xlator_set_type(), which the one
 * here comes before in symbol lookup, is told the way from there.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define OWN_TYPES "kadalu/"

/* ".." of the root is the root, so that more of them than there are directories do no harm. */
#define TO_ROOT "../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char directory[PATH_MAX];

static void
find_directory(void)
{
    char path[PATH_MAX];
    Dl_info library;
    char *name;

    if (dladdr((void *)kfsd_api_version, &library) == 0 || realpath(library.dli_fname, path) == NULL) {
        return;
    }
    name = strrchr(path, '/');
    if (name == NULL) {
        return;
    }
    *name = '\0';
    if (snprintf(directory, sizeof(directory), "%s/translators/" KFSD_GLUSTERFS_MAJOR, path) >= (int)sizeof(directory)) {
        directory[0] = '\0';
    }
}

const char *
kfsd_own_translator_directory(void)
{
    (void)pthread_once(&once, find_directory);
    return directory;
}

const char *
kfsd_own_name(const char *type)
{
    const char *name = type + sizeof(OWN_TYPES) - 1;

    return strncmp(type, OWN_TYPES, sizeof(OWN_TYPES) - 1) == 0 && *name != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0' ? name
                                                                                                                                                   : NULL;
}

KFSD_EXPORT int32_t
xlator_set_type(xlator_t *translator, const char *type)
{
    int32_t (*original)(xlator_t *, const char *) = dlsym(RTLD_NEXT, "xlator_set_type");
    const char *name = type != NULL ? kfsd_own_name(type) : NULL;
    char path[PATH_MAX];
    int32_t ret;

    if (original == NULL) {
        return -1;
    }
    if (name == NULL) {
        return original(translator, type);
    }
    if (snprintf(path, sizeof(path), TO_ROOT "%s/%s", kfsd_own_translator_directory() + 1, name) >= (int)sizeof(path)) {
        return -1;
    }
    ret = original(translator, path);
    GF_FREE(translator->type);
    translator->type = gf_strdup(type);
    return translator->type != NULL ? ret : -1;
}

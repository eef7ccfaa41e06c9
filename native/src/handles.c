/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The handle of a directory (.glusterfs/xx/yy/GFID, a symlink to its name) when it is not moved after all. storage/posix takes the handle away
 * before it calls sys_rename(), and does not put it back where that fails, as it does for a target that is not empty. On every unit the directory could then
 * not be found by its gfid any more, which is how heals and NFS find it. sys_rename() is an exported function of libglusterfs; the one defined here
 * comes first in symbol lookup.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <glusterfs/compat-uuid.h>
#include <glusterfs/dict.h>
#include <glusterfs/syscall.h>

#include "internal.h"

#define GFID "trusted.gfid"
#define GFID_TEXT 37

/* Where the unit's files are; NULL in a process that has none. */
static const char *
unit_directory(void)
{
    xlator_t *translator = kfsd_process_context != NULL && kfsd_process_context->graph != NULL ? kfsd_process_context->graph->first : NULL;
    char *directory = NULL;

    while (translator != NULL && strcmp(translator->type, "storage/posix") != 0) {
        translator = translator->next;
    }
    return translator != NULL && dict_get_str(translator->options, (char *)"directory", &directory) == 0 ? directory : NULL;
}

static int
read_gfid(const char *path, unsigned char *gfid, char *text)
{
    if (getxattr(path, GFID, gfid, sizeof(uuid_t)) != sizeof(uuid_t)) {
        return -1;
    }
    uuid_unparse_lower(gfid, text);
    return 0;
}

static void
put_back(const char *unit, const char *directory)
{
    uuid_t gfid;
    uuid_t parent_gfid;
    char text[GFID_TEXT];
    char parent_text[GFID_TEXT];
    char parent[PATH_MAX];
    char handle[PATH_MAX];
    char target[PATH_MAX];
    const char *name = strrchr(directory, '/');

    if (name == NULL || (size_t)(name - directory) >= sizeof(parent)) {
        return;
    }
    (void)snprintf(parent, sizeof(parent), "%.*s", (int)(name - directory), directory);
    if (read_gfid(directory, gfid, text) != 0 || read_gfid(parent, parent_gfid, parent_text) != 0 ||
        snprintf(handle, sizeof(handle), "%s/.glusterfs/%02x/%02x/%s", unit, gfid[0], gfid[1], text) >= (int)sizeof(handle) ||
        snprintf(target, sizeof(target), "../../%02x/%02x/%s%s", parent_gfid[0], parent_gfid[1], parent_text, name) >= (int)sizeof(target)) {
        return;
    }

    /* Whatever is there already is right. */
    (void)symlink(target, handle);
}

KFSD_EXPORT int
sys_rename(const char *oldpath, const char *newpath)
{
    struct stat status;
    const char *unit;
    int error;

    if (rename(oldpath, newpath) == 0) {
        return 0;
    }
    error = errno;
    unit = unit_directory();
    if (unit != NULL && lstat(oldpath, &status) == 0 && S_ISDIR(status.st_mode)) {
        put_back(unit, oldpath);
    }
    errno = error;
    return -1;
}

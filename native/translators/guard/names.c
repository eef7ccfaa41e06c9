/* SPDX-License-Identifier: Apache-2.0 */
#include "guard.h"

#define HIDDEN ".glusterfs"

/* A directory's handle, as posix makes it (xlators/storage/posix/src/posix-handle.c). */
#define HANDLE_PREFIX "../../"
#define HANDLE_HASH 6  /* of "xx/yy/", behind the prefix */
#define GFID_LENGTH 36 /* of a gfid as text */

static int
check_component(const char *name, size_t length)
{
    if (length == 0 || (length == 1 && name[0] == '.') || (length == 2 && name[0] == '.' && name[1] == '.')) {
        return EINVAL;
    }
    return length > NAME_MAX ? ENAMETOOLONG : 0;
}

int
guard_check_name(const char *name)
{
    return strchr(name, '/') != NULL ? EINVAL : check_component(name, strlen(name));
}

int
guard_check_path(const char *path)
{
    const char *component = path + 1;

    if (*component == '\0') {
        return 0;
    }
    for (;;) {
        size_t length = strcspn(component, "/");
        int error = check_component(component, length);

        if (error != 0) {
            return error;
        }
        if (component == path + 1 && length == sizeof(HIDDEN) - 1 && memcmp(component, HIDDEN, length) == 0) {
            return EPERM;
        }
        if (component[length] == '\0') {
            return 0;
        }
        component += length + 1;
    }
}

int
guard_parse_handle(const char *target, uuid_t parent, const char **name)
{
    char gfid[GFID_LENGTH + 1];
    char hash[HANDLE_HASH + 1];
    const size_t prefix = sizeof(HANDLE_PREFIX) - 1;

    if (strnlen(target, prefix + HANDLE_HASH + GFID_LENGTH + 1) <= prefix + HANDLE_HASH + GFID_LENGTH || strncmp(target, HANDLE_PREFIX, prefix) != 0 ||
        target[prefix + HANDLE_HASH + GFID_LENGTH] != '/') {
        return EINVAL;
    }
    memcpy(gfid, target + prefix + HANDLE_HASH, GFID_LENGTH);
    gfid[GFID_LENGTH] = '\0';
    if (gf_uuid_parse(gfid, parent) != 0) {
        return EINVAL;
    }
    (void)snprintf(hash, sizeof(hash), "%02x/%02x/", parent[0], parent[1]);
    *name = target + prefix + HANDLE_HASH + GFID_LENGTH + 1;
    return memcmp(hash, target + prefix, HANDLE_HASH) != 0 || guard_check_name(*name) != 0 ? EINVAL : 0;
}

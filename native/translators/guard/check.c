/* SPDX-License-Identifier: Apache-2.0 */
#include "guard.h"

/* More than this of a name is not worth a place in the log. */
#define SHOWN 80

int
guard_refuse(xlator_t *this, int error, const char *what, uuid_t gfid, const char *name)
{
    char text[GF_UUID_BUF_SIZE];
    char shown[SHOWN + 1];
    size_t i;

    for (i = 0; i < SHOWN && name[i] != '\0'; i++) {
        shown[i] = name[i] >= ' ' && name[i] != 0x7f ? name[i] : '?';
    }
    shown[i] = '\0';
    gf_log(this->name, GF_LOG_WARNING, "refused: %s (%s, \"%s\")", what, uuid_utoa_r(gfid, text), shown);
    return error;
}

static int
has_path(loc_t *loc)
{
    return loc->path != NULL && loc->path[0] == '/';
}

/* The parent, as posix finds it: by its path from the root, or by its gfid. */
static int
check_parent_on_disk(xlator_t *this, loc_t *loc)
{
    const struct guard *guard = this->private;

    if (has_path(loc)) {
        const char *last = strrchr(loc->path, '/');

        return guard_check_directory(guard, loc->path, (size_t)(last - loc->path)) == 0
                   ? 0
                   : guard_refuse(this, ESTALE, "a symbolic link on the way", loc->pargfid, loc->path);
    }
    switch (guard_look_up_handle(guard, loc->pargfid)) {
        case GUARD_DIRECTORY:
        case GUARD_MISSING:
            return 0;
        case GUARD_BROKEN:
        case GUARD_STALE:
            return guard_refuse(this, ESTALE, "a directory's handle that leads elsewhere", loc->pargfid, loc->name);
        default:
            return guard_refuse(this, ENOTDIR, "an entry of what is no directory", loc->pargfid, loc->name);
    }
}

int
guard_check_entry(xlator_t *this, loc_t *loc)
{
    const struct guard *guard = this->private;
    const char *name = loc->name;
    int error;

    if (name == NULL || (gf_uuid_is_null(loc->pargfid) && loc->parent == NULL)) {
        return guard_refuse(this, EINVAL, "no name, or no directory it is in", loc->pargfid, name != NULL ? name : "");
    }
    error = guard_check_name(name);
    if (error != 0) {
        return guard_refuse(this, error, "a name that no entry has", loc->pargfid, name);
    }
    if (has_path(loc)) {
        error = guard_check_path(loc->path);
        if (error != 0) {
            return guard_refuse(this, error, "a path that leads elsewhere", loc->pargfid, loc->path);
        }
    }
    if (strcmp(name, GF_HIDDEN_PATH) == 0 && __is_root_gfid(loc->parent != NULL ? loc->parent->gfid : loc->pargfid)) {
        return guard_refuse(this, EPERM, "GlusterFS's own directory", loc->pargfid, name);
    }
    if (loc->parent != NULL && loc->parent->ia_type != IA_INVAL && loc->parent->ia_type != IA_IFDIR) {
        return guard_refuse(this, ENOTDIR, "an entry of what is no directory", loc->pargfid, name);
    }
    return guard->unit >= 0 ? check_parent_on_disk(this, loc) : 0;
}

int
guard_check_inode(xlator_t *this, loc_t *loc, enum guard_handle *handle)
{
    const struct guard *guard = this->private;
    unsigned char *gfid = !gf_uuid_is_null(loc->gfid) || loc->inode == NULL ? loc->gfid : loc->inode->gfid;

    *handle = GUARD_FILE;
    if (guard->unit < 0) {
        return 0;
    }
    if (loc->inode != NULL && loc->inode->ia_type == IA_IFDIR && has_path(loc)) {
        *handle = GUARD_DIRECTORY;
        return guard_check_path(loc->path) == 0 && guard_check_directory(guard, loc->path, strlen(loc->path)) == 0
                   ? 0
                   : guard_refuse(this, ESTALE, "a path that leads elsewhere", gfid, loc->path);
    }
    *handle = guard_look_up_handle(guard, gfid);
    return *handle == GUARD_BROKEN ? guard_refuse(this, ESTALE, "a directory's handle that leads elsewhere", gfid, "") : 0;
}

int
guard_check_fd(xlator_t *this, fd_t *fd)
{
    const struct guard *guard = this->private;
    enum guard_handle expected = fd->inode->ia_type == IA_IFDIR ? GUARD_DIRECTORY : GUARD_FILE;
    enum guard_handle handle;

    if (guard->unit < 0 || !fd_is_anonymous(fd)) {
        return 0;
    }
    handle = guard_look_up_handle(guard, fd->inode->gfid);
    if (handle == GUARD_MISSING) {
        handle = guard_look_up_unlinked(guard, fd->inode->gfid);
    }
    return handle == expected || handle == GUARD_MISSING ? 0 : guard_refuse(this, ESTALE, "it is another kind of file on disk", fd->inode->gfid, "");
}

int
guard_check_new_gfid(xlator_t *this, dict_t *xdata)
{
    uuid_t gfid;

    return xdata != NULL && dict_get_gfuuid(xdata, (char *)"gfid-req", &gfid) == 0 && __is_root_gfid(gfid)
               ? guard_refuse(this, EPERM, "the root's gfid for something else", gfid, "")
               : 0;
}

static gf_boolean_t
is_no_counter(dict_t *counters, char *name, data_t *value, void *unused)
{
    (void)counters;
    (void)value;
    (void)unused;
    return strncmp(name, XATTR_TRUSTED_PREFIX, SLEN(XATTR_TRUSTED_PREFIX)) != 0 || strcmp(name, GFID_XATTR_KEY) == 0 || strcmp(name, GF_XATTR_VOL_ID_KEY) == 0 ||
           strncmp(name, GFID2PATH_XATTR_KEY_PREFIX, SLEN(GFID2PATH_XATTR_KEY_PREFIX)) == 0 ||
           strncmp(name, PGFID_XATTR_KEY_PREFIX, SLEN(PGFID_XATTR_KEY_PREFIX)) == 0;
}

static int
refuse_counter(dict_t *counters, char *name, data_t *value, void *first)
{
    (void)counters;
    (void)value;
    *(const char **)first = name;
    return -1;
}

int
guard_check_counters(xlator_t *this, uuid_t gfid, dict_t *counters)
{
    const char *first = NULL;

    if (counters != NULL) {
        (void)dict_foreach_match(counters, is_no_counter, NULL, refuse_counter, &first);
    }
    return first != NULL ? guard_refuse(this, EPERM, "an attribute that nobody counts in", gfid, first) : 0;
}

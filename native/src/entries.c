/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What cluster/replicate's heal of directory entries leaves undone, done beside it in self-heal daemons. It opens directories that it heals, and makes, moves
 * and removes entries, through syncop_opendir(), syncop_link() and syncop_rename(), exported functions of libglusterfs. Those defined here come first in
 * symbol lookup, as sys_accept() does.
 */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include <glusterfs/compat-uuid.h>
#include <glusterfs/dict.h>
#include <glusterfs/syncop.h>

#include "internal.h"

typedef int (*link_function)(xlator_t *, loc_t *, loc_t *, struct iatt *, dict_t *, dict_t **);
typedef int (*rename_function)(xlator_t *, loc_t *, loc_t *, dict_t *, dict_t **);

typedef int (*opendir_function)(xlator_t *, loc_t *, fd_t *, dict_t *, dict_t **);

/* Directories whose entries were healed, until somebody asks for them. More are forgotten: to look at them again is a further check. */
#define HEALED_MAX 4096

static pthread_mutex_t healed_lock = PTHREAD_MUTEX_INITIALIZER;
static kfsd_healed healed[HEALED_MAX];
static int32_t healed_count;

#define TARGET_MAX 4096 /* of a symlink, as cluster/replicate asks for it */

static int
is_missing(int result)
{
    return result == -ENOENT || result == -ESTALE;
}

static int
heals_here(void)
{
    return kfsd_process_context != NULL && kfsd_process_context->glusterfs->process_mode == GF_CLIENT_PROCESS;
}

/* The other copies of what a storage unit holds: the children of the translator above it. NULL where it is not known. */
static xlator_list_t *
copies_beside(const xlator_t *unit)
{
    return unit->parents != NULL ? unit->parents->xlator->children : NULL;
}

/* A unit's symlink of that gfid. *target is the caller's to free. 0 or -errno. */
static int
read_symlink(xlator_t *unit, loc_t *symlink, struct iatt *attributes, char **target)
{
    int result = syncop_lookup(unit, symlink, attributes, NULL, NULL, NULL);

    if (result == 0 && attributes->ia_type != IA_IFLNK) {
        return -EINVAL;
    }
    if (result == 0) {
        result = syncop_readlink(unit, symlink, target, TARGET_MAX, NULL, NULL);
    }
    return result > 0 ? 0 : result == 0 ? -EINVAL : result;
}

/* Makes the symlink on the unit that lacks it, with the gfid, the owner and the times that it has elsewhere. 0 or -errno. */
static int
write_symlink(xlator_t *unit, loc_t *symlink, loc_t *name, struct iatt *attributes, const char *target)
{
    struct iatt made = {0};
    dict_t *request = dict_new();
    int result = request == NULL ? -ENOMEM : dict_set_gfuuid(request, (char *)"gfid-req", symlink->gfid, true);

    if (result == 0) {
        result = syncop_symlink(unit, name, target, &made, request, NULL);
    }
    if (result == 0) {
        /* The marks that have the metadata healed are there where this was needed because of them; otherwise nobody would look again. */
        result = syncop_setattr(unit, symlink, attributes, GF_SET_ATTR_UID | GF_SET_ATTR_GID | GF_SET_ATTR_ATIME | GF_SET_ATTR_MTIME, NULL, NULL, NULL, NULL);
    }
    if (request != NULL) {
        dict_unref(request);
    }
    return result;
}

/*
 * The symlink, taken from another copy. Which one does not matter: a symlink keeps its target as long as it lives, and so as long as its gfid.
 * Returns -ENOENT where no copy has it.
 */
static int
recreate_symlink(xlator_t *unit, loc_t *source, loc_t *name, struct iatt *attributes)
{
    xlator_list_t *copy;
    int result = -ENOENT;
    loc_t symlink = {0};

    gf_uuid_copy(symlink.gfid, source->gfid);
    symlink.inode = inode_ref(source->inode);
    for (copy = copies_beside(unit); copy != NULL && result != 0; copy = copy->next) {
        char *target = NULL;

        if (copy->xlator != unit && read_symlink(copy->xlator, &symlink, attributes, &target) == 0) {
            result = write_symlink(unit, &symlink, name, attributes, target);
        }
        GF_FREE(target);
    }
    loc_wipe(&symlink);
    return result;
}

/*
 * cluster/replicate takes a symlink that is marked as changed on a unit for one that the unit has, under another name, and links to it. One that was
 * made and then changed while the unit was away is not there: it could never be healed.
 */
KFSD_EXPORT int
syncop_link(xlator_t *subvol, loc_t *oldloc, loc_t *newloc, struct iatt *iatt, dict_t *xdata_in, dict_t **xdata_out)
{
    link_function original = (link_function)dlsym(RTLD_NEXT, "syncop_link");
    struct iatt made = {0};
    int result;

    if (original == NULL) {
        return -ENOSYS;
    }
    result = original(subvol, oldloc, newloc, iatt, xdata_in, xdata_out);
    if (!is_missing(result) || !heals_here() || oldloc->inode == NULL || gf_uuid_is_null(oldloc->gfid)) {
        return result;
    }
    if (recreate_symlink(subvol, oldloc, newloc, &made) != 0) {
        return result;
    }
    if (iatt != NULL) {
        *iatt = made;
    }
    return 0;
}

/*
 * An entry that is to go is moved to the directory of anonymous inodes, under its gfid. Where another hard link of the file has been moved there
 * before, rename(2) says that all is done and does nothing: the entry stayed for ever.
 */
static int
remove_if_left(xlator_t *unit, loc_t *name, uuid_t gfid)
{
    struct iatt left = {0};
    loc_t entry = {0};
    int result;

    entry.parent = inode_ref(name->parent);
    gf_uuid_copy(entry.pargfid, name->pargfid);
    entry.name = name->name;
    entry.inode = inode_new(name->parent->table);
    if (entry.inode == NULL) {
        result = -ENOMEM;
    } else {
        result = syncop_lookup(unit, &entry, &left, NULL, NULL, NULL);
        if (result == 0 && left.ia_type != IA_IFDIR && gf_uuid_compare(left.ia_gfid, gfid) == 0) {
            result = syncop_unlink(unit, &entry, NULL, NULL);
        }
    }
    loc_wipe(&entry);
    return is_missing(result) ? 0 : result;
}

KFSD_EXPORT int
syncop_rename(xlator_t *subvol, loc_t *oldloc, loc_t *newloc, dict_t *xdata_in, dict_t **xdata_out)
{
    rename_function original = (rename_function)dlsym(RTLD_NEXT, "syncop_rename");
    uuid_t gfid;
    int result;

    if (original == NULL) {
        return -ENOSYS;
    }
    result = original(subvol, oldloc, newloc, xdata_in, xdata_out);
    if (result < 0 || !heals_here() || oldloc->parent == NULL || newloc->name == NULL || gf_uuid_parse(newloc->name, gfid) != 0) {
        return result;
    }
    return remove_if_left(subvol, oldloc, gfid);
}

static void
note_healed(const xlator_t *group, const uuid_t gfid)
{
    pthread_mutex_lock(&healed_lock);
    if (healed_count < HEALED_MAX) {
        healed[healed_count].group = group->name;
        memcpy(healed[healed_count].gfid, gfid, sizeof(uuid_t));
        healed_count++;
    }
    pthread_mutex_unlock(&healed_lock);
}

/*
 * The group whose heal of entries opens a directory; NULL where it is opened for something else. Of its own directories cluster/replicate opens only those
 * whose entries it is about to heal. cluster/disperse opens them unit by unit, in a task of its own; whoever walks through indices or directories does it in none.
 */
static const xlator_t *
healing_group(const xlator_t *subvol)
{
    const xlator_t *parent = subvol->parents != NULL ? subvol->parents->xlator : NULL;

    if (strcmp(subvol->type, "cluster/replicate") == 0) {
        return subvol;
    }
    return parent != NULL && strcmp(parent->type, "cluster/disperse") == 0 && synctask_get() != NULL ? parent : NULL;
}

KFSD_EXPORT int
syncop_opendir(xlator_t *subvol, loc_t *loc, fd_t *fd, dict_t *xdata_in, dict_t **xdata_out)
{
    opendir_function original = (opendir_function)dlsym(RTLD_NEXT, "syncop_opendir");
    const xlator_t *group;

    if (original == NULL) {
        return -ENOSYS;
    }
    group = heals_here() ? healing_group(subvol) : NULL;
    if (group != NULL) {
        note_healed(group, loc->gfid);
    }
    return original(subvol, loc, fd, xdata_in, xdata_out);
}

int32_t
kfsd_healed_take(kfsd_context *context, kfsd_healed *out, int32_t capacity)
{
    int32_t count;

    (void)context;
    pthread_mutex_lock(&healed_lock);
    count = healed_count < capacity ? healed_count : capacity;
    memcpy(out, healed, (size_t)count * sizeof(*out));
    memmove(healed, healed + count, (size_t)(healed_count - count) * sizeof(*healed));
    healed_count -= count;
    pthread_mutex_unlock(&healed_lock);
    return count;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each operation: what posix would resolve for it is checked, and it is passed on as it is, or refused.
 */
#include <fcntl.h>

#include <glusterfs/defaults.h>
#include <glusterfs/glusterfs-acl.h>

#include "guard.h"

#define PASS(fop, ...)                                                                                                         \
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->fop, __VA_ARGS__);                                      \
    return 0

#define REFUSE_IF(fop, error)                                                                                                  \
    do {                                                                                                                       \
        int refused_with = (error);                                                                                            \
        if (refused_with != 0) {                                                                                               \
            default_##fop##_failure_cbk(frame, refused_with);                                                                  \
            return 0;                                                                                                          \
        }                                                                                                                      \
    } while (0)

static int
is_on_disk(xlator_t *this)
{
    const struct guard *guard = this->private;

    return guard->unit >= 0;
}

/* An operation on a file by its gfid. STALE: a link that is nobody's, which posix would follow or stumble over. */
static int
check_inode(xlator_t *this, loc_t *loc, enum guard_handle *handle)
{
    int error = guard_check_inode(this, loc, handle);

    return error != 0 ? error : *handle == GUARD_STALE ? ESTALE : 0;
}

static int
check_existing(xlator_t *this, loc_t *loc)
{
    enum guard_handle handle;

    return check_inode(this, loc, &handle);
}

/* One that the kernel would do to what a link points at. */
static int
check_followed(xlator_t *this, loc_t *loc)
{
    enum guard_handle handle;
    int error = check_inode(this, loc, &handle);

    return error == 0 && handle == GUARD_SYMLINK ? guard_refuse(this, ELOOP, "follows a symbolic link", loc->gfid, "") : error;
}

/* ---- lookup ---- */

/* As the kernel answers "." and "..", which clients of libgfapi ask for where they do not know the parent. */
static int
look_up_dots(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata)
{
    const struct guard *guard = this->private;
    loc_t directory = {.inode = loc->inode};
    int is_root = __is_root_gfid(loc->pargfid) || (frame->root->client != NULL && gf_uuid_compare(frame->root->client->subdir_gfid, loc->pargfid) == 0);

    if (loc->parent != NULL && loc->parent->ia_type != IA_IFDIR) {
        REFUSE_IF(lookup, guard_refuse(this, ENOTDIR, "an entry of what is no directory", loc->pargfid, loc->name));
    }
    if (loc->name[1] == '\0') {
        gf_uuid_copy(directory.gfid, loc->pargfid);
    } else if (is_root || guard_find_parent(guard, loc->pargfid, directory.gfid) != 0) {
        REFUSE_IF(lookup, guard_refuse(this, is_root ? EPERM : ESTALE, "above the root, or of no known parent", loc->pargfid, loc->name));
    }
    if (guard_look_up_handle(guard, directory.gfid) != GUARD_DIRECTORY) {
        REFUSE_IF(lookup, guard_refuse(this, ESTALE, "a directory's handle that leads elsewhere", directory.gfid, loc->name));
    }
    if (__is_root_gfid(directory.gfid)) {
        directory.path = "/";
    }

    /* posix is done with it when this returns. */
    PASS(lookup, &directory, xdata);
}

/* Repairs what features/cloudsync has left half done, by truncating it: a link's target, if it is a link. */
static void
leave_unrepaired(xlator_t *this, loc_t *loc, dict_t *xdata)
{
    const struct guard *guard = this->private;
    enum guard_handle kind;

    if (guard->unit < 0 || xdata == NULL || dict_get_sizen(xdata, GF_CS_OBJECT_REPAIR) == NULL) {
        return;
    }
    kind = loc->path != NULL && loc->path[0] == '/' && loc->name != NULL ? guard_look_up_path(guard, loc->path) : guard_look_up_handle(guard, loc->gfid);
    if (kind != GUARD_FILE) {
        dict_del_sizen(xdata, GF_CS_OBJECT_REPAIR);
    }
}

static int32_t
guard_lookup(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata)
{
    const struct guard *guard = this->private;
    enum guard_handle handle;

    if (gf_uuid_is_null(loc->pargfid) || loc->name == NULL) {
        REFUSE_IF(lookup, guard_check_inode(this, loc, &handle));
        if (handle == GUARD_STALE) {
            guard_remove_stale(guard, loc->gfid);
            REFUSE_IF(lookup, ESTALE);
        }
    } else if (strcmp(loc->name, ".") == 0 || strcmp(loc->name, "..") == 0) {
        if (is_on_disk(this)) {
            return look_up_dots(frame, this, loc, xdata);
        }
        PASS(lookup, loc, xdata);
    } else {
        REFUSE_IF(lookup, guard_check_entry(this, loc));
        REFUSE_IF(lookup, guard_check_new_gfid(this, xdata));
    }
    leave_unrepaired(this, loc, xdata);
    PASS(lookup, loc, xdata);
}

/* ---- entries ---- */

static int32_t
guard_mknod(call_frame_t *frame, xlator_t *this, loc_t *loc, mode_t mode, dev_t device, mode_t umask, dict_t *xdata)
{
    REFUSE_IF(mknod, guard_check_entry(this, loc));
    REFUSE_IF(mknod, guard_check_new_gfid(this, xdata));
    PASS(mknod, loc, mode, device, umask, xdata);
}

static int32_t
guard_mkdir(call_frame_t *frame, xlator_t *this, loc_t *loc, mode_t mode, mode_t umask, dict_t *xdata)
{
    REFUSE_IF(mkdir, guard_check_entry(this, loc));
    REFUSE_IF(mkdir, guard_check_new_gfid(this, xdata));
    PASS(mkdir, loc, mode, umask, xdata);
}

static int32_t
guard_unlink(call_frame_t *frame, xlator_t *this, loc_t *loc, int flags, dict_t *xdata)
{
    REFUSE_IF(unlink, guard_check_entry(this, loc));
    PASS(unlink, loc, flags, xdata);
}

static int32_t
guard_rmdir(call_frame_t *frame, xlator_t *this, loc_t *loc, int flags, dict_t *xdata)
{
    REFUSE_IF(rmdir, guard_check_entry(this, loc));
    PASS(rmdir, loc, flags, xdata);
}

static int32_t
guard_symlink(call_frame_t *frame, xlator_t *this, const char *target, loc_t *loc, mode_t umask, dict_t *xdata)
{
    REFUSE_IF(symlink, guard_check_entry(this, loc));
    REFUSE_IF(symlink, guard_check_new_gfid(this, xdata));
    PASS(symlink, target, loc, umask, xdata);
}

static int32_t
guard_rename(call_frame_t *frame, xlator_t *this, loc_t *from, loc_t *to, dict_t *xdata)
{
    REFUSE_IF(rename, guard_check_entry(this, from));
    REFUSE_IF(rename, guard_check_entry(this, to));
    PASS(rename, from, to, xdata);
}

static int32_t
guard_link(call_frame_t *frame, xlator_t *this, loc_t *from, loc_t *to, dict_t *xdata)
{
    REFUSE_IF(link, check_existing(this, from));
    REFUSE_IF(link, guard_check_entry(this, to));
    PASS(link, from, to, xdata);
}

/* posix opens what is there already: a link's target, or a device. */
static int
check_opened_entry(xlator_t *this, loc_t *loc)
{
    const struct guard *guard = this->private;
    enum guard_handle kind;

    if (guard->unit < 0 || loc->path == NULL || loc->path[0] != '/') {
        return 0;
    }
    kind = guard_look_up_path(guard, loc->path);
    return kind == GUARD_SYMLINK ? guard_refuse(this, ELOOP, "opens what a symbolic link points at", loc->pargfid, loc->name)
           : kind == GUARD_SPECIAL ? guard_refuse(this, EINVAL, "opens a device, FIFO or socket", loc->pargfid, loc->name)
                                   : 0;
}

static int32_t
guard_create(call_frame_t *frame, xlator_t *this, loc_t *loc, int32_t flags, mode_t mode, mode_t umask, fd_t *fd, dict_t *xdata)
{
    REFUSE_IF(create, guard_check_entry(this, loc));
    REFUSE_IF(create, guard_check_new_gfid(this, xdata));

    /* Without flags posix creates exclusively. */
    if (is_on_disk(this) && flags != 0 && (flags & O_EXCL) == 0) {
        REFUSE_IF(create, check_opened_entry(this, loc));
        flags |= O_NOFOLLOW;
    }
    PASS(create, loc, flags, mode, umask, fd, xdata);
}

static int32_t
guard_put(call_frame_t *frame, xlator_t *this, loc_t *loc, mode_t mode, mode_t umask, uint32_t flags, struct iovec *vector, int32_t count, off_t offset,
          struct iobref *iobref, dict_t *xattr, dict_t *xdata)
{
    REFUSE_IF(put, guard_check_entry(this, loc));
    REFUSE_IF(put, guard_check_new_gfid(this, xdata));
    REFUSE_IF(put, check_opened_entry(this, loc));
    PASS(put, loc, mode, umask, flags, vector, count, offset, iobref, xattr, xdata);
}

/* posix has neither, and what libglusterfs puts in their place goes to a translator below it. */
static int32_t
guard_icreate(call_frame_t *frame, xlator_t *this, loc_t *loc, mode_t mode, dict_t *xdata)
{
    if (is_on_disk(this)) {
        STACK_UNWIND_STRICT(icreate, frame, -1, EOPNOTSUPP, NULL, NULL, NULL);
        return 0;
    }
    PASS(icreate, loc, mode, xdata);
}

static int32_t
guard_namelink(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata)
{
    int error = is_on_disk(this) ? EOPNOTSUPP : guard_check_entry(this, loc);

    if (error != 0) {
        STACK_UNWIND_STRICT(namelink, frame, -1, error, NULL, NULL, NULL);
        return 0;
    }
    PASS(namelink, loc, xdata);
}

/* ---- files by their gfid ---- */

static int32_t
guard_stat(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata)
{
    REFUSE_IF(stat, check_existing(this, loc));
    leave_unrepaired(this, loc, xdata);
    PASS(stat, loc, xdata);
}

static int32_t
guard_setattr(call_frame_t *frame, xlator_t *this, loc_t *loc, struct iatt *attributes, int32_t valid, dict_t *xdata)
{
    REFUSE_IF(setattr, check_existing(this, loc));
    PASS(setattr, loc, attributes, valid, xdata);
}

static int32_t
guard_readlink(call_frame_t *frame, xlator_t *this, loc_t *loc, size_t size, dict_t *xdata)
{
    REFUSE_IF(readlink, check_existing(this, loc));
    PASS(readlink, loc, size, xdata);
}

static int32_t
guard_truncate(call_frame_t *frame, xlator_t *this, loc_t *loc, off_t offset, dict_t *xdata)
{
    REFUSE_IF(truncate, check_followed(this, loc));
    PASS(truncate, loc, offset, xdata);
}

static int32_t
guard_open(call_frame_t *frame, xlator_t *this, loc_t *loc, int32_t flags, fd_t *fd, dict_t *xdata)
{
    enum guard_handle handle;

    REFUSE_IF(open, check_inode(this, loc, &handle));
    if (handle == GUARD_SYMLINK || handle == GUARD_SPECIAL) {
        REFUSE_IF(open, guard_refuse(this, handle == GUARD_SYMLINK ? ELOOP : EINVAL, "opens what is no file", loc->gfid, ""));
    }
    if (!is_on_disk(this)) {
        PASS(open, loc, flags, fd, xdata);
    }
    if (fd->inode->ia_type == IA_IFDIR) {
        REFUSE_IF(open, (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != O_RDONLY ? EISDIR : 0);

        /* Samba opens directories so. When it closes one, posix asks for what only opendir has made, and leaves it open for good where that is missing. */
        PASS(opendir, loc, fd, xdata);
    }
    REFUSE_IF(open, guard_note_opened(this, frame->root->client, fd, flags));
    PASS(open, loc, flags | O_NOFOLLOW, fd, xdata);
}

static int32_t
guard_opendir(call_frame_t *frame, xlator_t *this, loc_t *loc, fd_t *fd, dict_t *xdata)
{
    REFUSE_IF(opendir, check_followed(this, loc));
    PASS(opendir, loc, fd, xdata);
}

static int32_t
guard_access(call_frame_t *frame, xlator_t *this, loc_t *loc, int32_t mask, dict_t *xdata)
{
    enum guard_handle handle;

    REFUSE_IF(access, check_inode(this, loc, &handle));

    /* Nobody is kept from a link itself. */
    if (handle == GUARD_SYMLINK) {
        STACK_UNWIND_STRICT(access, frame, 0, 0, NULL);
        return 0;
    }
    PASS(access, loc, mask, xdata);
}

static int32_t
guard_statfs(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata)
{
    REFUSE_IF(statfs, check_followed(this, loc));
    PASS(statfs, loc, xdata);
}

static int32_t
guard_setxattr(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *dict, int32_t flags, dict_t *xdata)
{
    enum guard_handle handle;

    REFUSE_IF(setxattr, check_inode(this, loc, &handle));
    if (handle == GUARD_SYMLINK && dict != NULL &&
        (dict_get_sizen(dict, GF_CS_OBJECT_UPLOAD_COMPLETE) != NULL || dict_get_sizen(dict, GF_POSIX_ACL_ACCESS) != NULL ||
         dict_get_sizen(dict, GF_POSIX_ACL_DEFAULT) != NULL)) {
        REFUSE_IF(setxattr, guard_refuse(this, EOPNOTSUPP, "an attribute that follows a symbolic link", loc->gfid, ""));
    }
    PASS(setxattr, loc, dict, flags, xdata);
}

static int32_t
guard_getxattr(call_frame_t *frame, xlator_t *this, loc_t *loc, const char *name, dict_t *xdata)
{
    enum guard_handle handle;

    REFUSE_IF(getxattr, check_inode(this, loc, &handle));
    if (handle == GUARD_SYMLINK && name != NULL &&
        (GF_POSIX_ACL_REQUEST(name) || strncmp(name, GF_XATTR_GET_REAL_FILENAME_KEY, SLEN(GF_XATTR_GET_REAL_FILENAME_KEY)) == 0)) {
        REFUSE_IF(getxattr, guard_refuse(this, EOPNOTSUPP, "an attribute that follows a symbolic link", loc->gfid, name));
    }
    PASS(getxattr, loc, name, xdata);
}

static int32_t
guard_removexattr(call_frame_t *frame, xlator_t *this, loc_t *loc, const char *name, dict_t *xdata)
{
    REFUSE_IF(removexattr, check_existing(this, loc));
    PASS(removexattr, loc, name, xdata);
}

static int32_t
guard_xattrop(call_frame_t *frame, xlator_t *this, loc_t *loc, gf_xattrop_flags_t kind, dict_t *dict, dict_t *xdata)
{
    REFUSE_IF(xattrop, check_existing(this, loc));
    REFUSE_IF(xattrop, guard_check_counters(this, loc->gfid, dict));
    PASS(xattrop, loc, kind, dict, xdata);
}

/* ---- open files ---- */

#define OPEN_FILE(fop, parameters, ...)                                                                                        \
    static int32_t guard_##fop parameters                                                                                      \
    {                                                                                                                          \
        REFUSE_IF(fop, guard_check_fd(this, fd));                                                                              \
        PASS(fop, fd, __VA_ARGS__);                                                                                            \
    }

#define FD call_frame_t *frame, xlator_t *this, fd_t *fd

OPEN_FILE(fstat, (FD, dict_t *xdata), xdata)
OPEN_FILE(readv, (FD, size_t size, off_t offset, uint32_t flags, dict_t *xdata), size, offset, flags, xdata)
OPEN_FILE(flush, (FD, dict_t *xdata), xdata)
OPEN_FILE(fsync, (FD, int32_t data_only, dict_t *xdata), data_only, xdata)
OPEN_FILE(fsyncdir, (FD, int32_t data_only, dict_t *xdata), data_only, xdata)
OPEN_FILE(readdir, (FD, size_t size, off_t offset, dict_t *xdata), size, offset, xdata)
OPEN_FILE(readdirp, (FD, size_t size, off_t offset, dict_t *xdata), size, offset, xdata)
OPEN_FILE(fsetattr, (FD, struct iatt *attributes, int32_t valid, dict_t *xdata), attributes, valid, xdata)
OPEN_FILE(fsetxattr, (FD, dict_t *dict, int32_t flags, dict_t *xdata), dict, flags, xdata)
OPEN_FILE(fgetxattr, (FD, const char *name, dict_t *xdata), name, xdata)
OPEN_FILE(fremovexattr, (FD, const char *name, dict_t *xdata), name, xdata)
OPEN_FILE(rchecksum, (FD, off_t offset, int32_t length, dict_t *xdata), offset, length, xdata)
OPEN_FILE(seek, (FD, off_t offset, gf_seek_what_t what, dict_t *xdata), offset, what, xdata)

#define WRITTEN_FILE(fop, parameters, ...)                                                                                     \
    static int32_t guard_##fop parameters                                                                                      \
    {                                                                                                                          \
        fd = guard_find_writable(this, fd);                                                                                    \
        REFUSE_IF(fop, guard_check_fd(this, fd));                                                                              \
        PASS(fop, fd, __VA_ARGS__);                                                                                            \
    }

WRITTEN_FILE(writev, (FD, struct iovec *vector, int32_t count, off_t offset, uint32_t flags, struct iobref *iobref, dict_t *xdata), vector, count, offset,
             flags, iobref, xdata)
WRITTEN_FILE(ftruncate, (FD, off_t offset, dict_t *xdata), offset, xdata)
WRITTEN_FILE(fallocate, (FD, int32_t keep_size, off_t offset, size_t length, dict_t *xdata), keep_size, offset, length, xdata)
WRITTEN_FILE(discard, (FD, off_t offset, size_t length, dict_t *xdata), offset, length, xdata)
WRITTEN_FILE(zerofill, (FD, off_t offset, off_t length, dict_t *xdata), offset, length, xdata)

static int32_t
guard_fxattrop(FD, gf_xattrop_flags_t kind, dict_t *dict, dict_t *xdata)
{
    REFUSE_IF(fxattrop, guard_check_fd(this, fd));
    REFUSE_IF(fxattrop, guard_check_counters(this, fd->inode->gfid, dict));
    PASS(fxattrop, fd, kind, dict, xdata);
}

static int32_t
guard_copy_file_range(call_frame_t *frame, xlator_t *this, fd_t *from, off64_t from_offset, fd_t *to, off64_t to_offset, size_t length, uint32_t flags,
                      dict_t *xdata)
{
    to = guard_find_writable(this, to);
    REFUSE_IF(copy_file_range, guard_check_fd(this, from));
    REFUSE_IF(copy_file_range, guard_check_fd(this, to));
    PASS(copy_file_range, from, from_offset, to, to_offset, length, flags, xdata);
}

struct xlator_fops guard_fops = {
    .lookup = guard_lookup,
    .mknod = guard_mknod,
    .mkdir = guard_mkdir,
    .unlink = guard_unlink,
    .rmdir = guard_rmdir,
    .symlink = guard_symlink,
    .rename = guard_rename,
    .link = guard_link,
    .create = guard_create,
    .put = guard_put,
    .icreate = guard_icreate,
    .namelink = guard_namelink,
    .stat = guard_stat,
    .setattr = guard_setattr,
    .readlink = guard_readlink,
    .truncate = guard_truncate,
    .open = guard_open,
    .opendir = guard_opendir,
    .access = guard_access,
    .statfs = guard_statfs,
    .setxattr = guard_setxattr,
    .getxattr = guard_getxattr,
    .removexattr = guard_removexattr,
    .xattrop = guard_xattrop,
    .fstat = guard_fstat,
    .readv = guard_readv,
    .writev = guard_writev,
    .flush = guard_flush,
    .fsync = guard_fsync,
    .fsyncdir = guard_fsyncdir,
    .ftruncate = guard_ftruncate,
    .readdir = guard_readdir,
    .readdirp = guard_readdirp,
    .fsetattr = guard_fsetattr,
    .fsetxattr = guard_fsetxattr,
    .fgetxattr = guard_fgetxattr,
    .fremovexattr = guard_fremovexattr,
    .fxattrop = guard_fxattrop,
    .rchecksum = guard_rchecksum,
    .fallocate = guard_fallocate,
    .discard = guard_discard,
    .zerofill = guard_zerofill,
    .seek = guard_seek,
    .copy_file_range = guard_copy_file_range,
};

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KADALU_GUARD_H
#define KADALU_GUARD_H

#include <glusterfs/xlator.h>

/* One guard of a graph. */
struct guard {
    int unit; /* the unit's directory, O_PATH; -1 where only names are checked */
};

/* What the handle of a gfid (.glusterfs/xx/yy/GFID) is on disk. */
enum guard_handle {
    GUARD_MISSING, /* there is none */
    GUARD_FILE,    /* a regular file */
    GUARD_DIRECTORY,
    GUARD_SYMLINK, /* a symbolic link that a client has made; whoever follows it may end anywhere */
    GUARD_SPECIAL, /* a device, FIFO or socket */
    GUARD_BROKEN,  /* in the form of a directory's handle, and leads to none inside of the unit */
    GUARD_STALE,   /* a symbolic link that is neither a directory's handle nor has a name: a client's, left over when that was removed */
};

/* names.c: no look at the disk. 0, or an errno. */

/* Whether a name can be that of an entry of a directory: neither empty, "." nor "..", without a slash, no longer than NAME_MAX. */
int guard_check_name(const char *name);

/* Whether every component of a path from the unit's root can be such a name, and the first one is not .glusterfs. */
int guard_check_path(const char *path);

/* Takes the target of a directory's handle apart, "../../xx/yy/GFID/NAME". 0, or EINVAL where it is not of that form. */
int guard_parse_handle(const char *target, uuid_t parent, const char **name);

/* disk.c: checks the disk below the unit's directory. */

/* Opens the unit's directory, and checks that the kernel has openat2(2). A descriptor, or -errno. */
int guard_open_unit(const char *directory);

/*
 * Whether a directory is reached by its path from the unit's root (length bytes of it) without a symbolic link. 0 also where nothing is there, or
 * no directory: posix says so itself, and ends nowhere else. ESTALE where there is a link.
 */
int guard_check_directory(const struct guard *guard, const char *path, size_t length);

/* What the handle of a gfid is. One or two system calls. */
enum guard_handle guard_look_up_handle(const struct guard *guard, uuid_t gfid);

/* Removes a stale handle, as posix does with others, so that the gfid can be used again. */
void guard_remove_stale(const struct guard *guard, uuid_t gfid);

/* The gfid of a directory's parent, by its handle. 0, or ESTALE. */
int guard_find_parent(const struct guard *guard, uuid_t gfid, uuid_t parent);

/* What an entry is, given by its path from the unit's root. */
enum guard_handle guard_look_up_path(const struct guard *guard, const char *path);

/* What is kept of a file that was removed while it was open, which posix turns to where there is no handle. */
enum guard_handle guard_look_up_unlinked(const struct guard *guard, uuid_t gfid);

/*
 * opened.c: files of NFS-Ganesha before version 6, which creates them without flags. posix opens such a file for both, but libgfapi, which remembers the
 * flags, opens it for reading where a unit comes back, and each write there would fail (EBADF) for as long as the file is open. What NFS-Ganesha has
 * opened for reading is therefore written to by its gfid. It asks for no write that it has not checked itself, and it could ask for one by the gfid.
 */

/* Notes that a file is being opened, and how. 0, or ENOMEM. */
int guard_note_opened(xlator_t *this, const client_t *client, fd_t *fd, int32_t flags);

/* By what to write to an open file: fd itself, or one that lives as long as fd does, without a reference for the caller. */
fd_t *guard_find_writable(xlator_t *this, fd_t *fd);

/* xlator_cbks.release: fd is closed. */
int32_t guard_release(xlator_t *this, fd_t *fd);

/* check.c: what an operation asks for. 0, or the errno to refuse it with; refusals are logged. */

/* An entry of a directory: the parent and the name. */
int guard_check_entry(xlator_t *this, loc_t *loc);

/* A file or directory by its gfid or path. *handle: what it is on disk; GUARD_FILE where only names are checked. */
int guard_check_inode(xlator_t *this, loc_t *loc, enum guard_handle *handle);

/* An open file. Only one that posix reopens at each use, by its gfid, needs a check. */
int guard_check_fd(xlator_t *this, fd_t *fd);

/* The gfid that a client wants a new file to have. */
int guard_check_new_gfid(xlator_t *this, dict_t *xdata);

/*
 * The attributes that an operation counts in (xattrop). Translators keep all of theirs below "trusted."; what says which pool and which file it is, posix
 * itself protects from other operations only.
 */
int guard_check_counters(xlator_t *this, uuid_t gfid, dict_t *counters);

/* Writes the one line of a refusal, and gives its errno back. */
int guard_refuse(xlator_t *this, int error, const char *what, uuid_t gfid, const char *name);

extern struct xlator_fops guard_fops;

#endif

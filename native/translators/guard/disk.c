/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard.h"

#define HANDLE_PATH_LENGTH (sizeof(".glusterfs/00/00/00000000-0000-0000-0000-000000000000"))
#define UNLINKED_PATH_LENGTH (sizeof(".glusterfs/unlink/00000000-0000-0000-0000-000000000000"))

/* Of the kernel's own limit for symbolic links on one way. Deeper directories are taken apart, one handle after the other. */
#define DEEPEST 2048

/* While something else in the file system is renamed, the kernel may be unable to tell whether ".." led out. */
#define TRIES 256

static int
open_beneath(int unit, const char *path, uint64_t resolve)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = resolve | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = -1;

    for (int i = 0; i < TRIES; i++) {
        fd = (int)syscall(SYS_openat2, unit, path, &how, sizeof(how));
        if (fd >= 0 || errno != EAGAIN) {
            break;
        }
    }
    return fd >= 0 ? fd : -errno;
}

int
guard_open_unit(const char *directory)
{
    int unit = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int probe;

    if (unit < 0) {
        return -errno;
    }
    probe = open_beneath(unit, ".", RESOLVE_NO_SYMLINKS);
    if (probe < 0) {
        (void)close(unit);
        return probe;
    }
    (void)close(probe);
    return unit;
}

int
guard_check_directory(const struct guard *guard, const char *path, size_t length)
{
    char relative[PATH_MAX];
    int fd;

    if (length <= 1) {
        return 0; /* the root */
    }
    if (length >= sizeof(relative)) {
        return ENAMETOOLONG;
    }
    memcpy(relative, path + 1, length - 1);
    relative[length - 1] = '\0';
    fd = open_beneath(guard->unit, relative, RESOLVE_NO_SYMLINKS);
    if (fd >= 0) {
        (void)close(fd);
        return 0;
    }
    return fd == -ELOOP || fd == -EXDEV || fd == -EAGAIN ? ESTALE : 0;
}

static void
handle_path(uuid_t gfid, char path[HANDLE_PATH_LENGTH])
{
    char text[GF_UUID_BUF_SIZE];

    (void)snprintf(path, HANDLE_PATH_LENGTH, ".glusterfs/%02x/%02x/%s", gfid[0], gfid[1], uuid_utoa_r(gfid, text));
}

/* 0, or an errno; EINVAL where the handle is a link of another form. */
static int
read_handle(const struct guard *guard, const char *path, uuid_t parent, char name[NAME_MAX + 1])
{
    char target[PATH_MAX];
    const char *last;
    ssize_t length = readlinkat(guard->unit, path, target, sizeof(target) - 1);

    if (length < 0) {
        return errno;
    }
    target[length] = '\0';
    if (guard_parse_handle(target, parent, &last) != 0) {
        return EINVAL;
    }
    strcpy(name, last);
    return 0;
}

int
guard_find_parent(const struct guard *guard, uuid_t gfid, uuid_t parent)
{
    char path[HANDLE_PATH_LENGTH];
    char name[NAME_MAX + 1];

    handle_path(gfid, path);
    return read_handle(guard, path, parent, name) == 0 ? 0 : ESTALE;
}

/* A directory with more ancestors than the kernel follows links. Puts its path together from the end. */
static int
is_deep_directory(const struct guard *guard, uuid_t gfid)
{
    char path[HANDLE_PATH_LENGTH];
    char whole[PATH_MAX];
    size_t start = sizeof(whole) - 1;
    uuid_t at;
    int fd;

    gf_uuid_copy(at, gfid);
    whole[start] = '\0';
    for (int depth = 0; !__is_root_gfid(at); depth++) {
        char name[NAME_MAX + 1];
        size_t length;

        handle_path(at, path);
        if (depth == DEEPEST || read_handle(guard, path, at, name) != 0) {
            return 0;
        }
        length = strlen(name);
        if (start <= length + 1) {
            return 0;
        }
        whole[--start] = '/';
        start -= length;
        memcpy(whole + start, name, length);
    }
    fd = open_beneath(guard->unit, whole + start, RESOLVE_NO_SYMLINKS);
    if (fd < 0) {
        return 0;
    }
    (void)close(fd);
    return 1;
}

static enum guard_handle
look_up_directory(const struct guard *guard, const char *path, uuid_t gfid)
{
    uuid_t parent;
    char name[NAME_MAX + 1];
    int error = read_handle(guard, path, parent, name);
    int fd;

    if (error != 0) {
        return error == EINVAL ? GUARD_STALE : GUARD_MISSING;
    }
    fd = open_beneath(guard->unit, path, 0);
    if (fd >= 0) {
        (void)close(fd);
        return GUARD_DIRECTORY;
    }
    switch (fd) {
        case -ENOENT:
        case -ENOTDIR:
            return GUARD_MISSING;
        case -ELOOP:
            return is_deep_directory(guard, gfid) ? GUARD_DIRECTORY : GUARD_BROKEN;
        default:
            return GUARD_BROKEN;
    }
}

static enum guard_handle
kind_of(const struct stat *status)
{
    return S_ISREG(status->st_mode) ? GUARD_FILE : S_ISDIR(status->st_mode) ? GUARD_DIRECTORY : S_ISLNK(status->st_mode) ? GUARD_SYMLINK : GUARD_SPECIAL;
}

enum guard_handle
guard_look_up_handle(const struct guard *guard, uuid_t gfid)
{
    char path[HANDLE_PATH_LENGTH];
    struct stat status;

    if (__is_root_gfid(gfid)) {
        return GUARD_DIRECTORY;
    }
    handle_path(gfid, path);
    if (fstatat(guard->unit, path, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return GUARD_MISSING;
    }

    /* As posix tells them apart: a client's own link has its name besides. */
    return S_ISLNK(status.st_mode) && status.st_nlink == 1 ? look_up_directory(guard, path, gfid) : kind_of(&status);
}

void
guard_remove_stale(const struct guard *guard, uuid_t gfid)
{
    char path[HANDLE_PATH_LENGTH];

    handle_path(gfid, path);
    (void)unlinkat(guard->unit, path, 0);
}

enum guard_handle
guard_look_up_path(const struct guard *guard, const char *path)
{
    struct stat status;

    return fstatat(guard->unit, path + 1, &status, AT_SYMLINK_NOFOLLOW) != 0 ? GUARD_MISSING : kind_of(&status);
}

enum guard_handle
guard_look_up_unlinked(const struct guard *guard, uuid_t gfid)
{
    char path[UNLINKED_PATH_LENGTH];
    char text[GF_UUID_BUF_SIZE];
    struct stat status;

    (void)snprintf(path, sizeof(path), ".glusterfs/unlink/%s", uuid_utoa_r(gfid, text));
    return fstatat(guard->unit, path, &status, AT_SYMLINK_NOFOLLOW) != 0 ? GUARD_MISSING : kind_of(&status);
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * manifest DIRECTORY [unit] [names]     a line for everything below a directory, in the order of the names: type, mode, owner, link count, device, size,
 *                                       a sum of the content, the target of a symlink, what churn sets as an extended attribute
 *
 * unit: the directory is a storage unit's: what is GlusterFS's own is left out, and the gfid is there.
 * names: without sizes and contents, which an arbiter does not have, and of which the units of a disperse group have parts.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int is_unit;
static int has_contents = 1;
static int has_failed;

static void
fail(const char *path)
{
    (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
    has_failed = 1;
}

/* FNV-1a */
static uint64_t
sum(const char *path)
{
    static unsigned char bytes[1 << 17];
    uint64_t hash = 0xcbf29ce484222325u;
    int fd = open(path, O_RDONLY | O_NOFOLLOW);
    ssize_t length;

    if (fd < 0) {
        fail(path);
        return 0;
    }
    while ((length = read(fd, bytes, sizeof(bytes))) > 0) {
        for (ssize_t index = 0; index < length; index++) {
            hash = (hash ^ bytes[index]) * 0x100000001b3u;
        }
    }
    if (length < 0) {
        fail(path);
    }
    (void)close(fd);
    return hash;
}

static void
print_gfid(const char *path)
{
    unsigned char gfid[16];

    if (lgetxattr(path, "trusted.gfid", gfid, sizeof(gfid)) != sizeof(gfid)) {
        (void)printf(" no-gfid");
        return;
    }
    (void)printf(" ");
    for (size_t index = 0; index < sizeof(gfid); index++) {
        (void)printf("%02x", gfid[index]);
    }
}

static void
print_line(const char *path, const struct stat *status)
{
    char text[PATH_MAX];
    ssize_t length;

    (void)printf("%s %o %u:%u %lu", path, status->st_mode, status->st_uid, status->st_gid, (unsigned long)status->st_nlink);
    if (is_unit) {
        print_gfid(path);
    }
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
        (void)printf(" device %lx", (unsigned long)status->st_rdev);
    }
    if (S_ISREG(status->st_mode) && has_contents) {
        (void)printf(" %lld %016llx", (long long)status->st_size, (unsigned long long)sum(path));
    }
    if (S_ISLNK(status->st_mode)) {
        length = readlink(path, text, sizeof(text) - 1);
        if (length < 0) {
            fail(path);
        }
        (void)printf(" -> %.*s", length < 0 ? 0 : (int)length, text);
    } else {
        length = lgetxattr(path, "user.churn", text, sizeof(text));
        if (length >= 0) {
            (void)printf(" %.*s", (int)length, text);
        }
    }
    (void)printf("\n");
}

static int
is_listed(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && strcmp(entry->d_name, ".trashcan") != 0 &&
           !(is_unit && strncmp(entry->d_name, ".glusterfs", strlen(".glusterfs")) == 0) && strncmp(entry->d_name, ".glusterfs-anonymous", strlen(".glusterfs-anonymous")) != 0;
}

static void
walk(const char *path)
{
    struct dirent **entries;
    struct stat status;
    int count = scandir(path, &entries, is_listed, alphasort);

    if (count < 0) {
        fail(path);
        return;
    }
    for (int index = 0; index < count; index++) {
        char *below;

        if (asprintf(&below, "%s/%s", path, entries[index]->d_name) < 0) {
            abort();
        }
        if (lstat(below, &status) != 0) {
            fail(below);
        } else {
            print_line(below, &status);
            if (S_ISDIR(status.st_mode)) {
                walk(below);
            }
        }
        free(below);
        free(entries[index]);
    }
    free(entries);
}

int
main(int count, char **arguments)
{
    if (count < 2 || chdir(arguments[1]) != 0) {
        perror("manifest DIRECTORY [unit] [names]");
        return 2;
    }
    for (int index = 2; index < count; index++) {
        is_unit |= strcmp(arguments[index], "unit") == 0;
        has_contents &= strcmp(arguments[index], "names") != 0;
    }
    walk(".");
    return has_failed;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * NFS by libnfs; the target is its URL of an export: nfs://HOST/EXPORT?version=3&nfsport=N&mountport=N
 */
#include <errno.h>
#include <fcntl.h>
#include <nfsc/libnfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "client.h"

static struct nfs_context *nfs;

/* libnfs returns the negative errno. */
static int
result_of(int value)
{
    if (value < 0) {
        errno = -value;
        return -1;
    }
    return value;
}

void
client_connect(const char *target)
{
    struct nfs_url *url;

    nfs = nfs_init_context();
    url = nfs_parse_url_dir(nfs, target);
    if (url == NULL || nfs_mount(nfs, url->server, url->path) != 0) {
        (void)fprintf(stderr, "%s: %s\n", target, nfs_get_error(nfs));
        exit(2);
    }
    nfs_destroy_url(url);
}

void
client_disconnect(void)
{
    nfs_destroy_context(nfs);
}

struct client_file *
client_open(const char *path, int is_new)
{
    struct nfsfh *file;
    int result = result_of(is_new ? nfs_create(nfs, path, O_RDWR | O_CREAT | O_EXCL, 0644, &file) : nfs_open(nfs, path, O_RDWR, &file));

    return result != 0 ? NULL : (struct client_file *)file;
}

int
client_close(struct client_file *file)
{
    return result_of(nfs_close(nfs, (struct nfsfh *)file));
}

ssize_t
client_pwrite(struct client_file *file, const void *bytes, size_t count, off_t offset)
{
    return result_of(nfs_pwrite(nfs, (struct nfsfh *)file, (uint64_t)offset, count, bytes));
}

ssize_t
client_pread(struct client_file *file, void *bytes, size_t count, off_t offset)
{
    return result_of(nfs_pread(nfs, (struct nfsfh *)file, (uint64_t)offset, count, bytes));
}

int
client_truncate(struct client_file *file, off_t size)
{
    return result_of(nfs_ftruncate(nfs, (struct nfsfh *)file, (uint64_t)size));
}

off_t
client_size(const char *path)
{
    struct nfs_stat_64 status;

    return result_of(nfs_stat64(nfs, path, &status)) != 0 ? -1 : (off_t)status.nfs_size;
}

int
client_rename(const char *from, const char *to)
{
    return result_of(nfs_rename(nfs, from, to));
}

int
client_unlink(const char *path)
{
    return result_of(nfs_unlink(nfs, path));
}

int
client_mkdir(const char *path)
{
    return result_of(nfs_mkdir(nfs, path));
}

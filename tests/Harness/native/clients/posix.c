/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A mount; the target is its directory.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"

void
client_connect(const char *target)
{
    if (chdir(target) != 0) {
        perror(target);
        exit(2);
    }
}

void
client_disconnect(void)
{
}

struct client_file *
client_open(const char *path, int is_new)
{
    return client_file_of(open(path, O_RDWR | O_CLOEXEC | (is_new ? O_CREAT | O_EXCL : 0), 0644));
}

int
client_close(struct client_file *file)
{
    return close(client_descriptor_of(file));
}

ssize_t
client_pwrite(struct client_file *file, const void *bytes, size_t count, off_t offset)
{
    return pwrite(client_descriptor_of(file), bytes, count, offset);
}

ssize_t
client_pread(struct client_file *file, void *bytes, size_t count, off_t offset)
{
    return pread(client_descriptor_of(file), bytes, count, offset);
}

int
client_truncate(struct client_file *file, off_t size)
{
    return ftruncate(client_descriptor_of(file), size);
}

off_t
client_size(const char *path)
{
    struct stat status;

    return stat(path, &status) != 0 ? -1 : status.st_size;
}

int
client_rename(const char *from, const char *to)
{
    return rename(from, to);
}

int
client_unlink(const char *path)
{
    return unlink(path);
}

int
client_mkdir(const char *path)
{
    return mkdir(path, 0755);
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * libgfapi; the target is POOL@SERVER[,SERVER]..., a server tcp:HOST:PORT (the port after the last colon) or unix:PATH. Its log is the file in
 * CLIENT_LOG.
 */
#include <errno.h>
#include <fcntl.h>
#include <glusterfs/api/glfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "gfapi.h"

static glfs_t *pool;

static void
add_server(char *server)
{
    int result;

    if (strncmp(server, "unix:", 5) == 0) {
        result = glfs_set_volfile_server(pool, "unix", server + 5, 0);
    } else {
        char *port = strrchr(server, ':');

        *port = '\0';
        result = glfs_set_volfile_server(pool, "tcp", server + 4, atoi(port + 1));
    }
    if (result != 0) {
        perror(server);
        exit(2);
    }
}

glfs_t *
gfapi_pool(void)
{
    return pool;
}

void
client_connect(const char *target)
{
    char *name = strdup(target);
    char *servers = strchr(name, '@');

    *servers++ = '\0';
    pool = glfs_new(name);
    if (pool == NULL || glfs_set_logging(pool, getenv("CLIENT_LOG"), 7) != 0) {
        perror(name);
        exit(2);
    }
    for (char *server = strtok(servers, ","); server != NULL; server = strtok(NULL, ",")) {
        add_server(server);
    }
    if (glfs_init(pool) != 0) {
        perror("glfs_init");
        exit(2);
    }
    free(name);
}

void
client_disconnect(void)
{
    /* It waits for ten seconds for nothing. Without it, files of a disperse pool would be left as by a client that has crashed: to be healed. */
    (void)glfs_fini(pool);
}

struct client_file *
client_open(const char *path, int is_new)
{
    return (struct client_file *)(is_new ? glfs_creat(pool, path, O_RDWR | O_EXCL, 0644) : glfs_open(pool, path, O_RDWR));
}

int
client_close(struct client_file *file)
{
    return glfs_close((glfs_fd_t *)file);
}

ssize_t
client_pwrite(struct client_file *file, const void *bytes, size_t count, off_t offset)
{
    return glfs_pwrite((glfs_fd_t *)file, bytes, count, offset, 0, NULL, NULL);
}

ssize_t
client_pread(struct client_file *file, void *bytes, size_t count, off_t offset)
{
    return glfs_pread((glfs_fd_t *)file, bytes, count, offset, 0, NULL);
}

int
client_truncate(struct client_file *file, off_t size)
{
    return glfs_ftruncate((glfs_fd_t *)file, size, NULL, NULL);
}

off_t
client_size(const char *path)
{
    struct stat status;

    return glfs_stat(pool, path, &status) != 0 ? -1 : status.st_size;
}

int
client_rename(const char *from, const char *to)
{
    return glfs_rename(pool, from, to);
}

int
client_unlink(const char *path)
{
    return glfs_unlink(pool, path);
}

int
client_mkdir(const char *path)
{
    return glfs_mkdir(pool, path, 0755);
}

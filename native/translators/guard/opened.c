/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>

#include "guard.h"

/* As libgfapi says it to the server. */
#define NFS_GANESHA "gfapi.ganesha.nfsd"

/* What the context of an open file holds, if there is one: this, or later what it is written to by. */
#define FOR_READING 1

int
guard_note_opened(xlator_t *this, const client_t *client, fd_t *fd, int32_t flags)
{
    if ((flags & O_ACCMODE) != O_RDONLY || client == NULL || client->client_name == NULL || strcmp(client->client_name, NFS_GANESHA) != 0) {
        return 0;
    }
    return fd_ctx_set(fd, this, FOR_READING) == 0 ? 0 : ENOMEM;
}

fd_t *
guard_find_writable(xlator_t *this, fd_t *fd)
{
    uint64_t context = 0;
    fd_t *by_gfid;

    if (fd_ctx_get(fd, this, &context) != 0) {
        return fd;
    }
    if (context != FOR_READING) {
        return (fd_t *)(uintptr_t)context;
    }

    /* Takes the inode's lock, and so comes before the file's. */
    by_gfid = fd_anonymous(fd->inode);
    if (by_gfid == NULL) {
        return fd;
    }
    LOCK(&fd->lock);
    {
        (void)__fd_ctx_get(fd, this, &context);
        if (context == FOR_READING && __fd_ctx_set(fd, this, (uint64_t)(uintptr_t)by_gfid) == 0) {
            context = (uint64_t)(uintptr_t)by_gfid;
            by_gfid = NULL;
        }
    }
    UNLOCK(&fd->lock);
    if (by_gfid != NULL) {
        fd_unref(by_gfid); /* another request was faster */
    }
    return context == FOR_READING ? fd : (fd_t *)(uintptr_t)context;
}

int32_t
guard_release(xlator_t *this, fd_t *fd)
{
    uint64_t context = 0;

    if (fd_ctx_del(fd, this, &context) == 0 && context != FOR_READING && context != 0) {
        fd_unref((fd_t *)(uintptr_t)context);
    }
    return 0;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a client of a pool can do, whichever it is: posix.c (a mount), gfapi.c, nfs.c, smb.c. Paths are relative to the place that client_connect
 * was given. Functions that can fail return a negative number and set errno.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct client_file;

/* For clients whose files are descriptors: one as a pointer that is not NULL, and back. */
static inline struct client_file *
client_file_of(int descriptor)
{
    return descriptor < 0 ? NULL : (struct client_file *)(intptr_t)(descriptor + 1);
}

static inline int
client_descriptor_of(struct client_file *file)
{
    return (int)(intptr_t)file - 1;
}

/* Ends the process when there is no connection. The form of the target is the client's own. */
void client_connect(const char *target);
/* Takes the connection down in order, for those who have written something. */
void client_disconnect(void);
/* For reading and writing; is_new: it must not be there yet. NULL where it cannot be opened. */
struct client_file *client_open(const char *path, int is_new);
int client_close(struct client_file *file);
ssize_t client_pwrite(struct client_file *file, const void *bytes, size_t count, off_t offset);
ssize_t client_pread(struct client_file *file, void *bytes, size_t count, off_t offset);
int client_truncate(struct client_file *file, off_t size);
off_t client_size(const char *path);
int client_rename(const char *from, const char *to);
int client_unlink(const char *path);
int client_mkdir(const char *path);

#endif

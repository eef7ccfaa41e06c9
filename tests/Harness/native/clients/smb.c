/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * SMB by libsmbclient, as guest; the target is smb://HOST:PORT/SHARE.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libsmbclient.h>

#include "client.h"

static SMBCCTX *context;
static const char *share;

static const char *
url_of(const char *path, char url[static 1024])
{
    (void)snprintf(url, 1024, "%s/%s", share, path);
    return url;
}

static void
be_guest(const char *server, const char *of_share, char *group, int group_size, char *user, int user_size, char *password, int password_size)
{
    (void)server;
    (void)of_share;
    (void)snprintf(group, (size_t)group_size, "WORKGROUP");
    (void)snprintf(user, (size_t)user_size, "guest");
    (void)snprintf(password, (size_t)password_size, "%s", "");
}

void
client_connect(const char *target)
{
    char url[1024];
    struct stat status;

    share = target;
    context = smbc_new_context();
    smbc_setFunctionAuthData(context, be_guest);
    if (smbc_init_context(context) == NULL) {
        perror("smbc_init_context");
        exit(2);
    }
    (void)smbc_set_context(context);
    if (smbc_stat(url_of("", url), &status) != 0) {
        perror(target);
        exit(2);
    }
}

void
client_disconnect(void)
{
    (void)smbc_free_context(context, 1);
}

struct client_file *
client_open(const char *path, int is_new)
{
    char url[1024];

    return client_file_of(smbc_open(url_of(path, url), O_RDWR | (is_new ? O_CREAT | O_EXCL : 0), 0644));
}

int
client_close(struct client_file *file)
{
    return smbc_close(client_descriptor_of(file));
}

ssize_t
client_pwrite(struct client_file *file, const void *bytes, size_t count, off_t offset)
{
    return smbc_lseek(client_descriptor_of(file), offset, SEEK_SET) < 0 ? -1 : smbc_write(client_descriptor_of(file), bytes, count);
}

ssize_t
client_pread(struct client_file *file, void *bytes, size_t count, off_t offset)
{
    return smbc_lseek(client_descriptor_of(file), offset, SEEK_SET) < 0 ? -1 : smbc_read(client_descriptor_of(file), bytes, count);
}

int
client_truncate(struct client_file *file, off_t size)
{
    return smbc_ftruncate(client_descriptor_of(file), size);
}

off_t
client_size(const char *path)
{
    char url[1024];
    struct stat status;

    return smbc_stat(url_of(path, url), &status) != 0 ? -1 : status.st_size;
}

int
client_rename(const char *from, const char *to)
{
    char from_url[1024], to_url[1024];

    return smbc_rename(url_of(from, from_url), url_of(to, to_url));
}

int
client_unlink(const char *path)
{
    char url[1024];

    return smbc_unlink(url_of(path, url));
}

int
client_mkdir(const char *path)
{
    char url[1024];

    return smbc_mkdir(url_of(path, url), 0755);
}

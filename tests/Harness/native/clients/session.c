/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * session TARGET [PROCESS]  one connection of libgfapi (gfapi.c has the form of the target and the log), of a process of this name, which does what it is
 *                    told on standard input, a line each, and answers with a line: "ok ..." or "error REASON"
 *
 * write NAME TEXT    mkdir NAME    chdir NAME    read NAME
 * open NAME          keeps a file open that is there;  create NAME  makes one and keeps it open, without flags as NFS-Ganesha does before version 6
 * append TEXT        writes to the end of the file that is open
 * async NAME COUNT   writes COUNT pieces at once without waiting for any, syncs, reads them back likewise
 * directory NAME COUNT  opens a directory COUNT times, as Samba does and not by opendir(3), and closes it each time
 * watch NAME         registers for upcalls and looks at the file;  await  waits for the first one
 */
#include <errno.h>
#include <fcntl.h>
#include <glusterfs/api/glfs-handles.h>
#include <glusterfs/api/glfs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "client.h"
#include "gfapi.h"

#define PIECE 4096
#define UPCALL_S 60

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int ended;
static int failed;
static int upcalls;

static int
write_text(const char *name, const char *text)
{
    glfs_fd_t *file = glfs_creat(gfapi_pool(), name, O_RDWR | O_TRUNC, 0644);

    return file != NULL && glfs_write(file, text, strlen(text), 0) == (ssize_t)strlen(text) && glfs_close(file) == 0 ? 0 : -1;
}

static int
read_text(const char *name, char *text, size_t size)
{
    glfs_fd_t *file = glfs_open(gfapi_pool(), name, O_RDONLY);
    ssize_t got = file == NULL ? -1 : glfs_read(file, text, size - 1, 0);

    text[got < 0 ? 0 : got] = '\0';
    return file != NULL && glfs_close(file) == 0 && got >= 0 ? 0 : -1;
}

static void
on_end(glfs_fd_t *file, ssize_t result, struct glfs_stat *before, struct glfs_stat *after, void *data)
{
    (void)file;
    (void)before;
    (void)after;
    (void)pthread_mutex_lock(&lock);
    ended++;
    failed |= result != (ssize_t)(size_t)data;
    (void)pthread_cond_signal(&changed);
    (void)pthread_mutex_unlock(&lock);
}

static int
wait_for(int count)
{
    (void)pthread_mutex_lock(&lock);
    while (ended < count) {
        (void)pthread_cond_wait(&changed, &lock);
    }
    ended = 0;
    (void)pthread_mutex_unlock(&lock);
    return failed ? -1 : 0;
}

static int
do_async(const char *name, int count)
{
    unsigned char *sent = malloc((size_t)count * PIECE);
    unsigned char *got = calloc((size_t)count, PIECE);
    glfs_fd_t *file = glfs_creat(gfapi_pool(), name, O_RDWR | O_TRUNC, 0644);
    int result = file == NULL ? -1 : 0;

    for (int piece = 0; piece < count; piece++) {
        memset(sent + (size_t)piece * PIECE, piece % 255 + 1, PIECE);
    }
    for (int piece = 0; piece < count && result == 0; piece++) {
        result = glfs_pwrite_async(file, sent + (size_t)piece * PIECE, PIECE, (off_t)piece * PIECE, 0, on_end, (void *)(size_t)PIECE);
    }
    result = result != 0 || wait_for(count) != 0 || glfs_fsync_async(file, on_end, NULL) != 0 || wait_for(1) != 0 ? -1 : 0;
    for (int piece = 0; piece < count && result == 0; piece++) {
        result = glfs_pread_async(file, got + (size_t)piece * PIECE, PIECE, (off_t)piece * PIECE, 0, on_end, (void *)(size_t)PIECE);
    }
    result = result != 0 || wait_for(count) != 0 || memcmp(sent, got, (size_t)count * PIECE) != 0 || glfs_close(file) != 0 ? -1 : 0;
    free(sent);
    free(got);
    return result;
}

static int
open_directory(const char *name, int count)
{
    int result = 0;

    while (result == 0 && count-- > 0) {
        glfs_fd_t *directory = glfs_open(gfapi_pool(), name, O_RDONLY | O_DIRECTORY);
        struct stat status;

        result = directory == NULL || glfs_fstat(directory, &status) != 0 || glfs_close(directory) != 0 ? -1 : 0;
    }
    return result;
}

static void
on_upcall(struct glfs_upcall *event, void *data)
{
    (void)data;
    (void)pthread_mutex_lock(&lock);
    upcalls += glfs_upcall_get_reason(event) == GLFS_UPCALL_INODE_INVALIDATE;
    (void)pthread_cond_signal(&changed);
    (void)pthread_mutex_unlock(&lock);
    glfs_free(event);
}

static int
await_upcall(void)
{
    struct timespec end;
    int result = 0;

    (void)clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += UPCALL_S;
    (void)pthread_mutex_lock(&lock);
    while (upcalls == 0 && result == 0) {
        result = pthread_cond_timedwait(&changed, &lock, &end);
    }
    (void)pthread_mutex_unlock(&lock);
    errno = result;
    return result == 0 ? 0 : -1;
}

static glfs_fd_t *
create_without_flags(const char *name)
{
    struct stat status;
    glfs_object_t *root = glfs_h_lookupat(gfapi_pool(), NULL, "/", &status, 0);
    glfs_object_t *made = NULL;
    glfs_fd_t *file = NULL;

    if (root != NULL) {
        made = glfs_h_creat_open(gfapi_pool(), root, name, 0, 0644, &status, &file);
        (void)glfs_h_close(root);
    }
    if (made != NULL) {
        (void)glfs_h_close(made);
    }
    return file;
}

static int
serve(const char *command, const char *name, const char *rest, char *text, size_t size)
{
    static glfs_fd_t *kept;
    struct stat status;

    if (strcmp(command, "write") == 0) {
        return write_text(name, rest);
    }
    if (strcmp(command, "read") == 0) {
        return read_text(name, text, size);
    }
    if (strcmp(command, "mkdir") == 0) {
        return glfs_mkdir(gfapi_pool(), name, 0755);
    }
    if (strcmp(command, "chdir") == 0) {
        return glfs_chdir(gfapi_pool(), name);
    }
    if (strcmp(command, "open") == 0) {
        kept = glfs_open(gfapi_pool(), name, O_RDWR | O_APPEND);
        return kept == NULL ? -1 : 0;
    }
    if (strcmp(command, "create") == 0) {
        kept = create_without_flags(name);
        return kept == NULL ? -1 : 0;
    }
    if (strcmp(command, "append") == 0) {
        return glfs_write(kept, name, strlen(name), 0) == (ssize_t)strlen(name) ? glfs_fsync(kept, NULL, NULL) : -1;
    }
    if (strcmp(command, "async") == 0) {
        return do_async(name, atoi(rest));
    }
    if (strcmp(command, "directory") == 0) {
        return open_directory(name, atoi(rest));
    }
    if (strcmp(command, "watch") == 0) {
        int events = glfs_upcall_register(gfapi_pool(), GLFS_EVENT_INODE_INVALIDATE, on_upcall, NULL);

        return events < 0 || (events & GLFS_EVENT_INODE_INVALIDATE) == 0 ? -1 : glfs_stat(gfapi_pool(), name, &status);
    }
    if (strcmp(command, "await") == 0) {
        return await_upcall();
    }
    errno = ENOSYS;
    return -1;
}

int
main(int count, char **arguments)
{
    char line[4096], text[4096];

    if (count != 2 && count != 3) {
        (void)fprintf(stderr, "session TARGET [PROCESS]\n");
        return 2;
    }
    if (count == 3) {
        (void)prctl(PR_SET_NAME, arguments[2]);
    }
    client_connect(arguments[1]);
    (void)printf("ok\n");
    (void)fflush(stdout);
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char *rest = line, *command, *name;

        line[strcspn(line, "\n")] = '\0';
        command = strsep(&rest, " ");
        name = strsep(&rest, " ");
        text[0] = '\0';
        if (serve(command, name, rest, text, sizeof(text)) == 0) {
            (void)printf("ok %s\n", text);
        } else {
            (void)printf("error %s\n", strerror(errno));
        }
        (void)fflush(stdout);
    }
    return 0;
}

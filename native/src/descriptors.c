/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Descriptors that are kept for the process itself: for whoever asks how it is, for its look at the disk, for its log. The files that clients
 * open do not get them. storage/posix opens through sys_openat() and sys_opendir(), exported functions of libglusterfs, in whose place those
 * here are found. The kernel gives the lowest number that is free, so how high it is tells how many are in use.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define NEAR 64 /* so far below the line it is asked each time, before a file is created in vain */

static atomic_int line = INT_MAX;
static atomic_int highest_seen;
static int (*open_at)(int, const char *, int, int);
static DIR *(*open_directory)(const char *);

__attribute__((constructor)) static void
find_originals(void)
{
    *(void **)&open_at = dlsym(RTLD_NEXT, "sys_openat");
    *(void **)&open_directory = dlsym(RTLD_NEXT, "sys_opendir");
}

void
kfsd_descriptors_reserve(int32_t first)
{
    atomic_store(&line, first);
}

int32_t
kfsd_descriptors_check(void)
{
    return open_at != NULL && open_directory != NULL && dlsym(RTLD_DEFAULT, "sys_openat") == (void *)sys_openat &&
                   dlsym(RTLD_DEFAULT, "sys_opendir") == (void *)sys_opendir
               ? 0
               : kfsd_fail(ENOTSUP, "sys_openat or sys_opendir is not taken from libkfsd: load libkfsd with RTLD_GLOBAL, and first");
}

/* The number that a descriptor would get now; INT_MAX where there is none. */
static int
lowest_free(void)
{
    int fd = open("/", O_PATH | O_CLOEXEC);

    if (fd < 0) {
        return INT_MAX;
    }
    (void)close(fd);
    return fd;
}

static int
is_for_a_client(void)
{
    return THIS != NULL && THIS->type != NULL && strcmp(THIS->type, "storage/posix") == 0;
}

/* 1, with errno set, where a client's file must not be opened. */
static int
is_refused(void)
{
    int first = atomic_load_explicit(&line, memory_order_relaxed);
    int lowest;

    if (atomic_load_explicit(&highest_seen, memory_order_relaxed) < first - NEAR || !is_for_a_client()) {
        return 0;
    }
    lowest = lowest_free();
    if (lowest < first) {
        /* Where there is room again nobody needs to ask. */
        atomic_store_explicit(&highest_seen, lowest, memory_order_relaxed);
        return 0;
    }
    errno = EMFILE;
    return 1;
}

static void
note(int fd)
{
    if (fd > atomic_load_explicit(&highest_seen, memory_order_relaxed)) {
        atomic_store_explicit(&highest_seen, fd, memory_order_relaxed);
    }
}

KFSD_EXPORT int
sys_openat(int directory, const char *path, int flags, int mode)
{
    int fd = is_refused() ? -1 : open_at(directory, path, flags, mode);

    note(fd);
    return fd;
}

KFSD_EXPORT DIR *
sys_opendir(const char *path)
{
    DIR *directory = is_refused() ? NULL : open_directory(path);

    if (directory != NULL) {
        note(dirfd(directory));
    }
    return directory;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KFSD_TESTS_CHECK_H
#define KFSD_TESTS_CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kfsd.h"

#define CHECK(condition)                                                                                                       \
    do {                                                                                                                       \
        if (!(condition)) {                                                                                                    \
            fprintf(stderr, "%s:%d: not so: %s (last error: %s)\n", __FILE__, __LINE__, #condition, kfsd_last_error());        \
            exit(1);                                                                                                           \
        }                                                                                                                      \
    } while (0)

static const char volume_id[16] = "kadalu-fsd-test!";

/* A directory for one test, below TMPDIR, with a unit directory inside that a graph can start on. */
static inline const char *
make_work_directory(void)
{
    static char path[256];
    char unit[300];

    (void)snprintf(path, sizeof(path), "%s/kfsd-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    CHECK(mkdtemp(path) != NULL);
    (void)snprintf(unit, sizeof(unit), "%s/unit", path);
    CHECK(mkdir(unit, 0755) == 0);
    CHECK(setxattr(unit, "trusted.glusterfs.volume-id", volume_id, sizeof(volume_id), XATTR_CREATE) == 0);
    (void)snprintf(unit, sizeof(unit), "%s/unit/.glusterfs", path);
    CHECK(mkdir(unit, 0755) == 0);
    (void)snprintf(unit, sizeof(unit), "%s/unit/.glusterfs/indices", path);
    CHECK(mkdir(unit, 0755) == 0);
    return path;
}

static inline void
remove_work_directory(const char *path)
{
    char command[300];

    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", path);
    CHECK(system(command) == 0);
}

#endif

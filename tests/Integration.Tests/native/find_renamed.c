/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * find_renamed PORT POOL RENAMES: renames a directory again and again, and meanwhile looks for it and for one below it by their gfids, as NFS servers do.
 * Ends with 0 if both were found each time.
 */
#include <errno.h>
#include <glusterfs/api/glfs-handles.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIRECTORIES = 2 };

static const char *const paths[DIRECTORIES] = {"/a", "/a/below"};

static atomic_int is_done;
static glfs_t *renaming;
static int renames;

static void
need(int is_well, const char *what)
{
    if (!is_well) {
        fprintf(stderr, "%s: %s\n", what, strerror(errno));
        exit(2);
    }
}

static glfs_t *
connect_to(const char *port, const char *pool)
{
    glfs_t *fs = glfs_new(pool);

    need(fs != NULL, "glfs_new");
    need(glfs_set_volfile_server(fs, "tcp", "127.0.0.1", atoi(port)) == 0, "glfs_set_volfile_server");
    need(glfs_init(fs) == 0, "glfs_init");
    return fs;
}

static void *
rename_all(void *unused)
{
    (void)unused;
    for (int count = 0; count < renames; count++) {
        need(glfs_rename(renaming, count % 2 == 0 ? "/a" : "/b", count % 2 == 0 ? "/b" : "/a") == 0, "glfs_rename");
    }
    atomic_store(&is_done, 1);
    return NULL;
}

int
main(int argc, char **argv)
{
    unsigned char handles[DIRECTORIES][GFAPI_HANDLE_LENGTH];
    int missing = 0;
    int found = 0;
    pthread_t thread;
    glfs_t *fs;

    if (argc != 4) {
        fprintf(stderr, "usage: find_renamed PORT POOL RENAMES\n");
        return 2;
    }
    renames = atoi(argv[3]);
    renaming = connect_to(argv[1], argv[2]);
    fs = connect_to(argv[1], argv[2]);
    for (int which = 0; which < DIRECTORIES; which++) {
        struct stat status;
        struct glfs_object *object;

        need(glfs_mkdir(renaming, paths[which], 0755) == 0, "glfs_mkdir");
        object = glfs_h_lookupat(renaming, NULL, paths[which], &status, 0);
        need(object != NULL, "glfs_h_lookupat");
        need(glfs_h_extract_handle(object, handles[which], GFAPI_HANDLE_LENGTH) == GFAPI_HANDLE_LENGTH, "glfs_h_extract_handle");
        glfs_h_close(object);
    }
    need(pthread_create(&thread, NULL, rename_all, NULL) == 0, "pthread_create");
    while (!atomic_load(&is_done)) {
        for (int which = 0; which < DIRECTORIES; which++) {
            struct stat status;
            struct glfs_object *object = glfs_h_create_from_handle(fs, handles[which], GFAPI_HANDLE_LENGTH, &status);

            if (object == NULL) {
                missing++;
                fprintf(stderr, "%s, by its gfid: %s\n", paths[which], strerror(errno));
            } else {
                found++;
                glfs_h_close(object);
            }
        }
    }
    (void)pthread_join(thread, NULL);
    printf("%d found, %d not\n", found, missing);
    return missing == 0 && found > 0 ? 0 : 1;
}

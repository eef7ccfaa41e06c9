/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KADALU_RECENT_H
#define KADALU_RECENT_H

#include <stdint.h>

#include <glusterfs/locking.h>
#include <glusterfs/xlator.h>

/* What a self-heal daemon asks of the root: the gfids, 16 bytes each, of directories that were being changed when an earlier run ended. */
#define RECENT_INTERRUPTED "trusted.kadalu.interrupted"

/* What it tells the root: the gfids of those that it has found equal on all units, or made so. */
#define RECENT_COMPARED "trusted.kadalu.compared"

#define RECENT_NOTES_MAX 2048       /* directories that a run keeps a note of, the latest */
#define RECENT_INTERRUPTED_MAX 4096 /* those of earlier runs; any more are told of in the log */

/* A directory, and when it was changed last. */
struct recent_note {
    unsigned char gfid[16]; /* zero for none */
    int64_t seconds;        /* since 1970 */
};

/*
 * The file, in this machine's byte order; nobody else reads it. Kept with pwrite(2), so that it is there after the process is killed; what happened
 * in the last seconds before the machine goes is perhaps not on disk.
 */
struct recent_file {
    char magic[8];
    uint64_t interrupted_count; /* Unit/PendingHeals.cs reads it */
    unsigned char interrupted[RECENT_INTERRUPTED_MAX][16]; /* the first interrupted_count of them */
    struct recent_note notes[RECENT_NOTES_MAX];
};

/* One unit's. */
struct recent {
    gf_lock_t lock; /* for all below */
    int file;                         /* -1 where there is none */
    int has_failed;                   /* the file could not be written; told once */
    uint32_t next;                    /* the place of the oldest note */
    uint16_t places[RECENT_NOTES_MAX]; /* by the gfid's hash, where its note is perhaps */
    struct recent_file *content;
};

/* file.c */

/* Opens or creates the file. What was noted there becomes what was interrupted. Where there can be no file, on a full disk for example, nothing is kept, and the log says so. */
void recent_open(xlator_t *this, struct recent *recent, const char *directory);

/* Notes that a directory is about to be changed. */
void recent_note(xlator_t *this, const unsigned char *gfid);

/* Forgets interrupted directories: count gfids. */
void recent_compared(xlator_t *this, const unsigned char *gfids, size_t count);

#endif

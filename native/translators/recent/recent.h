/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KADALU_RECENT_H
#define KADALU_RECENT_H

#include <pthread.h>
#include <stdint.h>

#include <glusterfs/xlator.h>

/* What a self-heal daemon asks of the root: the gfids, 16 bytes each, of directories that were being changed when an earlier run ended. */
#define RECENT_INTERRUPTED "trusted.kadalu.interrupted"

/* What it tells the root: the gfids of those that it has found equal on all units, or made so. */
#define RECENT_COMPARED "trusted.kadalu.compared"

#define RECENT_NOTES_MAX 4096       /* directories that a run keeps a note of, the latest */
#define RECENT_INTERRUPTED_MAX 8192 /* those of earlier runs */
/* Where there were more, the log of the next run says so. */

/* A directory, and when it was changed last. */
struct recent_note {
    unsigned char gfid[16]; /* zero for none */
    int64_t seconds;        /* since 1970 */
};

/*
 * The file, in this machine's byte order; nobody else reads it. Kept with pwrite(2), so that it is there after the process is killed; what happened
 * in the last seconds before the machine goes is perhaps not on disk. It ends behind the last note; between what is interrupted and the notes there may
 * be a hole.
 */
struct recent_file {
    char magic[8];
    uint64_t interrupted_count; /* Unit/PendingHeals.cs reads both */
    int64_t forgotten;          /* when the latest directory was changed of which there is no note any more, for want of room; 0 for none */
    unsigned char interrupted[RECENT_INTERRUPTED_MAX][16]; /* the first interrupted_count of them */
    struct recent_note notes[RECENT_NOTES_MAX];
};

/* One unit's. */
struct recent {
    pthread_mutex_t lock;             /* for all below; held over writes to the disk, so that those who wait for it must be able to sleep */
    int hidden;                       /* the directory of the file, .glusterfs; -1 where there is none */
    int has_failed;                   /* the file could not be written, and is not whole */
    uint32_t next;                    /* the place where one is looked for first */
    uint16_t first[RECENT_NOTES_MAX]; /* by the gfid's hash: the number of a note, from 1; 0 for none */
    uint16_t after[RECENT_NOTES_MAX]; /* by the note: another one of the same hash, likewise */
    struct recent_file *content;
};

/* file.c */

/* Reads or creates the file. What was noted there becomes what was interrupted. Where there can be no file, on a full disk for example, nothing is kept, and the log says so. */
void recent_open(xlator_t *this, struct recent *recent, const char *directory);

/* Notes that a directory is about to be changed. */
void recent_note(xlator_t *this, const unsigned char *gfid);

/* Forgets interrupted directories: count gfids. */
void recent_compared(xlator_t *this, const unsigned char *gfids, size_t count);

#endif

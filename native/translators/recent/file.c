/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "recent.h"

#define MAGIC "kadalu01"
#define NAME "recent-changes"

/*
 * A change counts as recent for so many seconds before the last one that was noted: a client that waits for another unit to answer says only after its
 * ping timeout (42 at most, by default) that this unit has done something that the other one has not.
 */
#define RECENT_SECONDS 60

static int
is_zero(const unsigned char *gfid)
{
    static const unsigned char zero[16];

    return memcmp(gfid, zero, sizeof(zero)) == 0;
}

/* Gfids are random, apart from the root's. */
static uint32_t
hash(const unsigned char *gfid)
{
    uint32_t value;

    memcpy(&value, gfid + 12, sizeof(value));
    return value % RECENT_NOTES_MAX;
}

/*
 * The file is open only while it is read or written, at most once a second for each directory: who holds a file open for writing keeps its file system
 * from being made read-only.
 */
static int
open_file(const struct recent *recent, int flags)
{
    return openat(recent->hidden, NAME, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, S_IRUSR | S_IWUSR);
}

static int
write_part(const struct recent *recent, const void *part, size_t length)
{
    off_t offset = (const char *)part - (const char *)recent->content;
    int file = open_file(recent, O_WRONLY | O_CREAT);
    int is_written = file >= 0 && pwrite(file, part, length, offset) == (ssize_t)length;

    if (file >= 0) {
        (void)close(file);
    }
    return is_written;
}

/*
 * Writes a part of the content; all of it, where something is missing in the file since the disk was full. Where that fails nothing else does: heals may look at
 * too little after the next end.
 */
static void
keep(xlator_t *this, struct recent *recent, const void *part, size_t length)
{
    int has_failed = recent->has_failed;

    recent->has_failed = has_failed ? !write_part(recent, recent->content, sizeof(*recent->content)) : !write_part(recent, part, length);
    if (recent->has_failed && !has_failed) {
        gf_log(this->name, GF_LOG_WARNING, "what is being changed cannot be noted, for the case that this process is killed: %s", strerror(errno));
    } else if (has_failed && !recent->has_failed) {
        gf_log(this->name, GF_LOG_INFO, "what is being changed can be noted again");
    }
}

static int
is_among(const struct recent_file *content, uint64_t count, const unsigned char *gfid)
{
    for (uint64_t index = 0; index < count; index++) {
        if (memcmp(content->interrupted[index], gfid, 16) == 0) {
            return 1;
        }
    }
    return 0;
}

/* When the last change was noted. What is noted for a time that has not come yet, by a clock that was ahead, says nothing about that. */
static int64_t
find_latest(const struct recent_file *content)
{
    int64_t now = (int64_t)time(NULL);
    int64_t latest = 0;

    for (int index = 0; index < RECENT_NOTES_MAX; index++) {
        if (content->notes[index].seconds <= now && content->notes[index].seconds > latest) {
            latest = content->notes[index].seconds;
        }
    }
    return latest;
}

/* The notes of the run before become what was interrupted. */
static void
take_over(xlator_t *this, struct recent_file *content)
{
    uint64_t before = content->interrupted_count;
    int64_t latest = find_latest(content);
    int is_lost = content->forgotten > 0 && content->forgotten + RECENT_SECONDS >= latest;

    for (int index = 0; index < RECENT_NOTES_MAX; index++) {
        const struct recent_note *note = &content->notes[index];

        if (is_zero(note->gfid) || note->seconds + RECENT_SECONDS < latest || is_among(content, before, note->gfid)) {
            continue;
        }
        if (content->interrupted_count == RECENT_INTERRUPTED_MAX) {
            is_lost = 1;
            break;
        }
        memcpy(content->interrupted[content->interrupted_count++], note->gfid, 16);
    }
    memset(content->notes, 0, sizeof(content->notes));
    content->forgotten = 0;
    if (is_lost) {
        gf_log(this->name, GF_LOG_WARNING, "more directories than can be kept were being changed when an earlier run ended: see whether the copies are equal (pool heal check)");
    }
}

static int
read_part(int file, const struct recent_file *content, void *part, size_t length)
{
    return pread(file, part, length, (char *)part - (const char *)content) == (ssize_t)length;
}

/* What is there of the file. Whatever is not ours, or not whole, is as good as nothing. */
static void
read_content(struct recent *recent)
{
    struct recent_file *content = recent->content;
    int file = open_file(recent, O_RDONLY | O_CREAT);

    if (file < 0 || !read_part(file, content, content, offsetof(struct recent_file, interrupted)) || memcmp(content->magic, MAGIC, sizeof(content->magic)) != 0 ||
        content->interrupted_count > RECENT_INTERRUPTED_MAX || !read_part(file, content, content->interrupted, content->interrupted_count * 16)) {
        memset(content, 0, sizeof(*content));
    } else if (pread(file, content->notes, sizeof(content->notes), offsetof(struct recent_file, notes)) < 0) {
        memset(content->notes, 0, sizeof(content->notes));
    }
    if (file >= 0) {
        (void)close(file);
    }
    memcpy(content->magic, MAGIC, sizeof(content->magic));
}

/* The notes go last: killed in between, they are taken over once more. */
static void
keep_interrupted(xlator_t *this, struct recent *recent)
{
    int file;

    keep(this, recent, recent->content, offsetof(struct recent_file, interrupted) + recent->content->interrupted_count * 16);
    file = open_file(recent, O_WRONLY);
    if (file >= 0) {
        (void)ftruncate(file, offsetof(struct recent_file, notes));
        (void)close(file);
    }
}

void
recent_open(xlator_t *this, struct recent *recent, const char *directory)
{
    char *path = NULL;

    recent->hidden = -1;
    if (gf_asprintf(&path, "%s/.glusterfs", directory) > 0) {
        recent->hidden = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        GF_FREE(path);
    }
    read_content(recent);
    take_over(this, recent->content);
    keep_interrupted(this, recent);
}

/* The note of a directory; NULL where there is none. */
static struct recent_note *
find_note(const struct recent *recent, const unsigned char *gfid)
{
    uint32_t number = recent->first[hash(gfid)];

    while (number != 0 && memcmp(recent->content->notes[number - 1].gfid, gfid, 16) != 0) {
        number = recent->after[number - 1];
    }
    return number != 0 ? &recent->content->notes[number - 1] : NULL;
}

/* A place that is free, or that of the directory that has not been changed for the longest time. */
static uint32_t
find_place(struct recent *recent)
{
    uint32_t place = recent->next;

    /* Of those that were changed in the same second, the first one that was noted. */
    for (uint32_t step = 1; step < RECENT_NOTES_MAX; step++) {
        uint32_t index = (recent->next + step) % RECENT_NOTES_MAX;

        if (is_zero(recent->content->notes[place].gfid)) {
            break;
        }
        if (recent->content->notes[index].seconds < recent->content->notes[place].seconds) {
            place = index;
        }
    }
    recent->next = (place + 1) % RECENT_NOTES_MAX;
    return place;
}

/* Frees the place of a note. */
static void
forget(struct recent *recent, uint32_t index)
{
    const struct recent_note *note = &recent->content->notes[index];
    uint16_t *link = &recent->first[hash(note->gfid)];

    if (is_zero(note->gfid)) {
        return;
    }
    while (*link != index + 1) {
        link = &recent->after[*link - 1];
    }
    *link = recent->after[index];
    recent->content->forgotten = note->seconds;
}

static struct recent_note *
add_note(xlator_t *this, struct recent *recent, const unsigned char *gfid)
{
    uint32_t index = find_place(recent);
    struct recent_note *note = &recent->content->notes[index];
    int64_t forgotten = recent->content->forgotten;

    forget(recent, index);
    if (recent->content->forgotten != forgotten) {
        keep(this, recent, &recent->content->forgotten, sizeof(recent->content->forgotten));
    }
    memcpy(note->gfid, gfid, 16);
    note->seconds = 0;
    recent->after[index] = recent->first[hash(gfid)];
    recent->first[hash(gfid)] = (uint16_t)(index + 1);
    return note;
}

void
recent_note(xlator_t *this, const unsigned char *gfid)
{
    struct recent *recent = this->private;
    int64_t now = (int64_t)time(NULL);
    struct recent_note *note;

    if (is_zero(gfid)) {
        return;
    }
    pthread_mutex_lock(&recent->lock);
    note = find_note(recent, gfid);
    note = note != NULL ? note : add_note(this, recent, gfid);
    if (note->seconds != now) {
        note->seconds = now;
        keep(this, recent, note, sizeof(*note));
    }
    pthread_mutex_unlock(&recent->lock);
}

void
recent_compared(xlator_t *this, const unsigned char *gfids, size_t count)
{
    struct recent *recent = this->private;
    struct recent_file *content = recent->content;

    pthread_mutex_lock(&recent->lock);
    for (size_t index = 0; index < count; index++) {
        uint64_t place = 0;

        while (place < content->interrupted_count) {
            if (memcmp(content->interrupted[place], gfids + 16 * index, 16) != 0) {
                place++;
                continue;
            }
            content->interrupted_count--;
            memmove(content->interrupted[place], content->interrupted[content->interrupted_count], 16);
            keep(this, recent, content->interrupted[place], 16);
        }
    }
    keep(this, recent, &content->interrupted_count, sizeof(content->interrupted_count));
    pthread_mutex_unlock(&recent->lock);
}

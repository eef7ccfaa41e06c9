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

/* Writes a part of the content. Where that fails nothing else does: heals may look at too little after the next end. */
static void
keep(xlator_t *this, struct recent *recent, const void *part, size_t length)
{
    off_t offset = (const char *)part - (const char *)recent->content;

    if (pwrite(recent->file, part, length, offset) != (ssize_t)length && !recent->has_failed) {
        recent->has_failed = 1;
        gf_log(this->name, GF_LOG_WARNING, "what is being changed cannot be noted, for the case that this process is killed: %s", strerror(errno));
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

/* The notes of the run before become what was interrupted. */
static void
take_over(xlator_t *this, struct recent_file *content)
{
    uint64_t before = content->interrupted_count;
    int64_t latest = 0;
    int lost = 0;

    for (int index = 0; index < RECENT_NOTES_MAX; index++) {
        latest = content->notes[index].seconds > latest ? content->notes[index].seconds : latest;
    }
    for (int index = 0; index < RECENT_NOTES_MAX; index++) {
        const struct recent_note *note = &content->notes[index];

        if (is_zero(note->gfid) || note->seconds + RECENT_SECONDS < latest || is_among(content, before, note->gfid)) {
            continue;
        }
        if (content->interrupted_count == RECENT_INTERRUPTED_MAX) {
            lost++;
            continue;
        }
        memcpy(content->interrupted[content->interrupted_count++], note->gfid, 16);
    }
    memset(content->notes, 0, sizeof(content->notes));
    if (lost > 0) {
        gf_log(this->name, GF_LOG_WARNING, "%d directories more than can be kept were being changed when an earlier run ended: compare the copies (pool heal check)", lost);
    }
}

/* What is there of the file. Whatever is not ours, or not whole, is as good as nothing. */
static void
read_content(struct recent *recent)
{
    struct recent_file *content = recent->content;

    if (pread(recent->file, content, sizeof(*content), 0) != (ssize_t)sizeof(*content) || memcmp(content->magic, MAGIC, sizeof(content->magic)) != 0 ||
        content->interrupted_count > RECENT_INTERRUPTED_MAX) {
        memset(content, 0, sizeof(*content));
    }
    memcpy(content->magic, MAGIC, sizeof(content->magic));
}

void
recent_open(xlator_t *this, struct recent *recent, const char *directory)
{
    char *path = NULL;

    recent->file = -1;
    if (gf_asprintf(&path, "%s/.glusterfs/recent-changes", directory) > 0) {
        recent->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, S_IRUSR | S_IWUSR);
        GF_FREE(path);
    }
    read_content(recent);
    take_over(this, recent->content);

    /* In one piece: killed in the middle of it, the notes are taken over once more. */
    keep(this, recent, recent->content, sizeof(*recent->content));
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
    LOCK(&recent->lock);
    note = &recent->content->notes[recent->places[hash(gfid)]];
    if (memcmp(note->gfid, gfid, 16) != 0) {
        note = &recent->content->notes[recent->next];
        recent->places[hash(gfid)] = (uint16_t)recent->next;
        recent->next = (recent->next + 1) % RECENT_NOTES_MAX;
        memcpy(note->gfid, gfid, 16);
        note->seconds = 0;
    }
    if (note->seconds != now) {
        note->seconds = now;
        keep(this, recent, note, sizeof(*note));
    }
    UNLOCK(&recent->lock);
}

void
recent_compared(xlator_t *this, const unsigned char *gfids, size_t count)
{
    struct recent *recent = this->private;
    struct recent_file *content = recent->content;

    LOCK(&recent->lock);
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
    UNLOCK(&recent->lock);
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * kadalu/recent's file: what was noted is interrupted for the next run, until it has been compared. Integration.Tests has the rest.
 */
#include "check.h"

/* After it: GlusterFS's headers forbid system(3). */
#include "../translators/recent/file.c"

static xlator_t translator = {.name = (char *)"recent", .type = (char *)"kadalu/recent"};
static char unit[300];

static struct recent *
start(void)
{
    struct recent *recent = calloc(1, sizeof(*recent));

    CHECK(recent != NULL);
    recent->content = calloc(1, sizeof(*recent->content));
    CHECK(recent->content != NULL);
    CHECK(pthread_mutex_init(&recent->lock, NULL) == 0);
    translator.private = recent;
    recent_open(&translator, recent, unit);
    return recent;
}

/* As a kill does it: nothing is written any more. */
static void
end(struct recent *recent)
{
    (void)close(recent->hidden);
    free(recent->content);
    free(recent);
}

static void
note_number(uint32_t number)
{
    unsigned char gfid[16] = {1};

    memcpy(gfid + 12, &number, sizeof(number));
    recent_note(&translator, gfid);
}

static int
has_number(const struct recent *recent, uint32_t number)
{
    unsigned char gfid[16] = {1};

    memcpy(gfid + 12, &number, sizeof(number));
    return is_among(recent->content, recent->content->interrupted_count, gfid);
}

static void
expect_notes_to_outlive_the_process(void)
{
    unsigned char gfids[32] = {1};
    uint32_t number = 7;
    struct recent *recent = start();

    CHECK(recent->content->interrupted_count == 0);

    /* 7 and 7 + RECENT_NOTES_MAX have the same place. */
    note_number(7);
    note_number(7 + RECENT_NOTES_MAX);
    note_number(7);
    note_number(8);
    end(recent);

    recent = start();
    CHECK(has_number(recent, 7) && has_number(recent, 8) && has_number(recent, 7 + RECENT_NOTES_MAX) && !has_number(recent, 9));

    /* And the one after, with what came meanwhile. */
    note_number(9);
    end(recent);
    recent = start();
    CHECK(has_number(recent, 7) && has_number(recent, 8) && has_number(recent, 9));

    memcpy(gfids + 12, &number, sizeof(number));
    recent_compared(&translator, gfids, 2);
    CHECK(!has_number(recent, 7) && has_number(recent, 8) && has_number(recent, 9) && has_number(recent, 7 + RECENT_NOTES_MAX));
    end(recent);
    recent = start();
    CHECK(!has_number(recent, 7) && recent->content->interrupted_count == 3);
    end(recent);
}

static void
expect_the_latest_of_many(void)
{
    struct recent *recent = start();

    for (uint32_t number = 0; number < 3 * RECENT_NOTES_MAX; number++) {
        note_number(100000 + number);
    }
    end(recent);
    recent = start();
    CHECK(has_number(recent, 100000 + 3 * RECENT_NOTES_MAX - 1) && has_number(recent, 100000 + 2 * RECENT_NOTES_MAX) && !has_number(recent, 100000));

    /* More than can be kept: those that are kept stay. */
    for (uint32_t number = 0; number < RECENT_NOTES_MAX; number++) {
        note_number(200000 + number);
    }
    end(recent);
    recent = start();
    CHECK(recent->content->interrupted_count == RECENT_INTERRUPTED_MAX && has_number(recent, 8) && has_number(recent, 200000) && !has_number(recent, 200000 + RECENT_NOTES_MAX - 1));
    end(recent);
}

static void
expect_old_ones_to_be_forgotten(void)
{
    struct recent *recent = start();

    recent->content->interrupted_count = 0;
    note_number(1);
    recent->content->notes[0].seconds -= RECENT_SECONDS + 1;
    note_number(2);
    keep(&translator, recent, recent->content, sizeof(*recent->content));
    end(recent);
    recent = start();
    CHECK(!has_number(recent, 1) && has_number(recent, 2));
    end(recent);
}

/* A clock that was ahead for a while. */
static void
expect_times_to_come_to_hide_nothing(void)
{
    struct recent *recent = start();

    recent->content->interrupted_count = 0;
    note_number(3);
    note_number(4);
    recent->content->notes[1].seconds += 3600;
    keep(&translator, recent, recent->content, sizeof(*recent->content));
    end(recent);
    recent = start();
    CHECK(has_number(recent, 3) && has_number(recent, 4));
    end(recent);
}

/* However often two of the same hash take turns, others keep their notes. */
static void
expect_turns_to_take_no_room(void)
{
    struct recent *recent = start();

    recent->content->interrupted_count = 0;
    note_number(5);
    for (uint32_t turn = 0; turn < 2 * RECENT_NOTES_MAX; turn++) {
        note_number(6 + (turn % 2) * RECENT_NOTES_MAX);
    }
    CHECK(recent->next == 3 && recent->content->forgotten == 0);
    end(recent);
    recent = start();
    CHECK(has_number(recent, 5) && has_number(recent, 6) && has_number(recent, 6 + RECENT_NOTES_MAX));

    for (uint32_t number = 0; number <= RECENT_NOTES_MAX; number++) {
        note_number(300000 + number);
    }
    CHECK(recent->content->forgotten > 0);
    end(recent);
}

/* The one that goes is the one whose last change is the longest ago, not the one that was noted first. */
static void
expect_what_changes_to_stay(void)
{
    struct recent *recent = start();

    recent->content->interrupted_count = 0;
    keep(&translator, recent, recent->content, sizeof(*recent->content));
    for (uint32_t number = 0; number < RECENT_NOTES_MAX; number++) {
        note_number(400000 + number);
        recent->content->notes[number].seconds -= 10;
    }
    note_number(400000);
    note_number(400000 + RECENT_NOTES_MAX);
    end(recent);
    recent = start();
    CHECK(has_number(recent, 400000) && has_number(recent, 400000 + RECENT_NOTES_MAX) && !has_number(recent, 400001));
    end(recent);
}

/* Where the file could not be written for a while, all of it is there as soon as it can be. */
static void
expect_all_to_be_noted_again(const char *path)
{
    struct recent *recent;

    CHECK(unlink(path) == 0 && mkdir(path, 0700) == 0);
    recent = start();
    CHECK(recent->has_failed);
    note_number(7);
    CHECK(rmdir(path) == 0);
    note_number(8);
    CHECK(!recent->has_failed);
    end(recent);
    recent = start();
    CHECK(recent->content->interrupted_count == 2 && has_number(recent, 7) && has_number(recent, 8));
    end(recent);
}

static void
expect_damage_to_be_borne(const char *path)
{
    static const uint64_t too_many = RECENT_INTERRUPTED_MAX + 1;
    struct recent *recent;
    int file = open(path, O_WRONLY);

    CHECK(file >= 0 && pwrite(file, &too_many, sizeof(too_many), offsetof(struct recent_file, interrupted_count)) == sizeof(too_many) && close(file) == 0);
    recent = start();
    CHECK(recent->content->interrupted_count == 0);
    note_number(1);
    end(recent);

    CHECK(truncate(path, 100) == 0);
    recent = start();
    CHECK(recent->content->interrupted_count == 0);
    note_number(1);
    end(recent);

    /* Something that cannot be written, or is somewhere else: the unit goes on without. */
    CHECK(unlink(path) == 0 && symlink("/etc/passwd", path) == 0);
    recent = start();
    CHECK(recent->has_failed && recent->content->interrupted_count == 0);
    note_number(1);
    end(recent);
}

int
main(void)
{
    const char *work = make_work_directory();
    char path[400];

    (void)snprintf(unit, sizeof(unit), "%s/unit", work);
    (void)snprintf(path, sizeof(path), "%s/.glusterfs/recent-changes", unit);
    expect_notes_to_outlive_the_process();
    expect_the_latest_of_many();
    expect_old_ones_to_be_forgotten();
    expect_times_to_come_to_hide_nothing();
    expect_turns_to_take_no_room();
    expect_what_changes_to_stay();
    expect_all_to_be_noted_again(path);
    expect_damage_to_be_borne(path);
    remove_work_directory(work);
    return 0;
}

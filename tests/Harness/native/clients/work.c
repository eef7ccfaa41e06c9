/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * work TARGET DIRECTORY write FILES SIZE PIECE     through a client (client.h): makes FILES small files in a new directory, of which some are renamed,
 *                                                  truncated and deleted, and large ones of SIZE bytes: dense, sparse, overwritten, truncated; no call
 *                                                  has more than PIECE bytes
 * work TARGET DIRECTORY write FILES SIZE PIECE held  the same, but at 60 % of the small files and at 25 % of the first large one it waits for a line of
 *                                                  standard input, or for its end
 * work TARGET DIRECTORY verify FILES SIZE PIECE    reads all of it, and says what is not as it was written
 * work TARGET FILE hold PIECE                      makes a file and keeps it open; for each line of standard input appends PIECE bytes, and says "held N"
 *
 * What a file holds follows from its number and the place in it. Writing says how far it is: "small PERCENT", "large PERCENT". The last line is
 * "written MS" or "verified MS", with how long the longest file, or piece of one, took.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"

#define DIRECTORIES 16
#define SMALL_BYTES 8192
#define WORD sizeof(uint64_t)

/* Numbers of the large files, after every number that a small one can have. */
enum { DENSE = 1 << 30, AGAIN, SPARSE, RESIZED };

static const char *directory;
static long files;
static off_t size;
static size_t piece;
static unsigned char *buffer;
static unsigned char *expected;
static long longest_ms;

static void
must(int is_good, const char *what, const char *name)
{
    if (!is_good) {
        (void)fprintf(stderr, "%s %s: %s\n", what, name, strerror(errno));
        exit(1);
    }
}

static uint64_t
mix(uint64_t number)
{
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
    return number ^ (number >> 31);
}

/* What a file has from an offset on. */
static void
fill(unsigned char *bytes, size_t count, uint64_t file, off_t offset)
{
    uint64_t word = 0, number = (uint64_t)offset / WORD;

    for (size_t index = 0; index < count; index++) {
        size_t byte = ((size_t)offset + index) % WORD;

        if (index == 0 || byte == 0) {
            word = mix((file << 32) + number++);
        }
        bytes[index] = (unsigned char)(word >> (8 * byte));
    }
}

static const char *
name_of(const char *format, long number, char name[static 512])
{
    int length = snprintf(name, 512, "%s/", directory);

    (void)snprintf(name + length, (size_t)(512 - length), format, number % DIRECTORIES, number);
    return name;
}

/* When note_time was called last. */
static struct timespec last;

/* Notes how long that is ago. */
static void
note_time(void)
{
    struct timespec now;
    long ms;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    ms = (now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000;
    longest_ms = last.tv_sec != 0 && ms > longest_ms ? ms : longest_ms;
    last = now;
}

static void
write_range(struct client_file *file, const char *name, uint64_t number, off_t from, off_t to)
{
    while (from < to) {
        size_t count = (off_t)piece < to - from ? piece : (size_t)(to - from);
        ssize_t written;

        fill(buffer, count, number, from);
        errno = 0;
        written = client_pwrite(file, buffer, count, from);
        must(written > 0, "write", name);
        from += written;
        note_time();
    }
}

/* number 0: zeroes. */
static void
verify_range(struct client_file *file, const char *name, uint64_t number, off_t from, off_t to)
{
    while (from < to) {
        size_t count = (off_t)piece < to - from ? piece : (size_t)(to - from);
        ssize_t got;

        errno = 0;
        got = client_pread(file, buffer, count, from);
        must(got > 0, "read", name);
        note_time();
        if (number == 0) {
            memset(expected, 0, (size_t)got);
        } else {
            fill(expected, (size_t)got, number, from);
        }
        if (memcmp(buffer, expected, (size_t)got) != 0) {
            (void)fprintf(stderr, "%s: other bytes than were written, between %lld and %lld\n", name, (long long)from, (long long)(from + got));
            exit(1);
        }
        from += got;
    }
}

static void
say(const char *phase, long done, long all)
{
    static long said = -1;
    long percent = done * 100 / all;

    if (percent != said) {
        said = percent;
        (void)printf("%s %ld\n", phase, percent);
        (void)fflush(stdout);
    }
}

/* Waits for a line where so much is done for the first time. Nothing is written meanwhile: that is not counted as how long something took. */
static void
wait_at(long percent, int *is_to_wait, long done, long all)
{
    char line[16];

    if (*is_to_wait && done * 100 / all >= percent) {
        *is_to_wait = 0;
        (void)fgets(line, sizeof(line), stdin);
        last = (struct timespec){0};
    }
}

static off_t
size_of_small(long number)
{
    return (off_t)(mix((uint64_t)number + 1) % SMALL_BYTES);
}

static int
is_renamed(long number)
{
    return number % 7 == 3;
}

static int
is_truncated(long number)
{
    return number % 11 == 5;
}

static int
is_deleted(long number)
{
    return number % 13 == 6;
}

static void
write_small(long number)
{
    char name[512], renamed[512];
    off_t bytes = size_of_small(number);
    struct client_file *file = client_open(name_of("d%ld/f%ld", number, name), 1);

    must(file != NULL, "create", name);
    write_range(file, name, (uint64_t)number + 1, 0, bytes);
    must(!is_truncated(number) || client_truncate(file, bytes / 2) == 0, "truncate", name);
    must(client_close(file) == 0, "close", name);
    if (is_renamed(number)) {
        must(client_rename(name, name_of("d%ld/renamed%ld", number, renamed)) == 0, "rename", name);
        strcpy(name, renamed);
    }
    must(!is_deleted(number) || client_unlink(name) == 0, "delete", name);
}

static void
verify_small(long number)
{
    char name[512];
    off_t bytes = is_truncated(number) ? size_of_small(number) / 2 : size_of_small(number);
    struct client_file *file;

    (void)name_of(is_renamed(number) ? "d%ld/renamed%ld" : "d%ld/f%ld", number, name);
    if (is_deleted(number)) {
        must(client_size(name) < 0 && errno == ENOENT, "is there, though it was deleted:", name);
        return;
    }
    if (client_size(name) != bytes) {
        (void)fprintf(stderr, "%s: has %lld bytes instead of %lld\n", name, (long long)client_size(name), (long long)bytes);
        exit(1);
    }
    file = client_open(name, 0);
    must(file != NULL, "open", name);
    verify_range(file, name, (uint64_t)number + 1, 0, bytes);
    must(client_close(file) == 0, "close", name);
}

/* A number of the file stands before its offset, which is one of a hundred steps of the dense file and of as many of the sparse one. */
static off_t
step(long number)
{
    return size / 100 * number;
}

static off_t
sparse_bytes(void)
{
    return size / 200 < 65536 ? size / 200 : 65536;
}

static struct client_file *
open_large(const char *format, char name[static 512], int is_new)
{
    struct client_file *file = client_open(name_of(format, 0, name), is_new);

    must(file != NULL, is_new ? "create" : "open", name);
    return file;
}

static void
write_large(int is_held)
{
    char name[512], renamed[512];
    struct client_file *file = open_large("dense", name, 1);

    for (long number = 0; number < 100; number++) {
        write_range(file, name, DENSE, step(number), number == 99 ? size : step(number + 1));
        say("large", number, 100);
        wait_at(25, &is_held, number, 100);
    }
    write_range(file, name, AGAIN, step(50) + 1, step(60) + 1);
    must(client_close(file) == 0, "close", name);
    must(client_rename(name, name_of("dense-renamed", 0, renamed)) == 0, "rename", name);

    file = open_large("sparse", name, 1);
    for (long number = 0; number < 100; number++) {
        write_range(file, name, SPARSE, step(number), step(number) + sparse_bytes());
    }
    must(client_truncate(file, size) == 0, "truncate", name);
    must(client_close(file) == 0, "close", name);

    file = open_large("resized", name, 1);
    write_range(file, name, RESIZED, 0, size / 4);
    must(client_truncate(file, size / 8 + 1) == 0, "truncate", name);
    must(client_truncate(file, size / 4) == 0, "extend", name);
    must(client_close(file) == 0, "close", name);
}

static void
verify_large(void)
{
    char name[512];
    struct client_file *file = open_large("dense-renamed", name, 0);

    must(client_size(name) == size, "has another size:", name);
    verify_range(file, name, DENSE, 0, step(50) + 1);
    verify_range(file, name, AGAIN, step(50) + 1, step(60) + 1);
    verify_range(file, name, DENSE, step(60) + 1, size);
    must(client_close(file) == 0, "close", name);

    file = open_large("sparse", name, 0);
    must(client_size(name) == size, "has another size:", name);
    for (long number = 0; number < 100; number++) {
        verify_range(file, name, SPARSE, step(number), step(number) + sparse_bytes());
        verify_range(file, name, 0, step(number) + sparse_bytes(), number == 99 ? size : step(number + 1));
    }
    must(client_close(file) == 0, "close", name);

    file = open_large("resized", name, 0);
    must(client_size(name) == size / 4, "has another size:", name);
    verify_range(file, name, RESIZED, 0, size / 8 + 1);
    verify_range(file, name, 0, size / 8 + 1, size / 4);
    must(client_close(file) == 0, "close", name);
}

static void
hold(const char *name)
{
    char line[16];
    struct client_file *file = client_open(name, 1);

    must(file != NULL, "create", name);
    for (long number = 0; fgets(line, sizeof(line), stdin) != NULL; number++) {
        write_range(file, name, 1, number * (off_t)piece, (number + 1) * (off_t)piece);
        (void)printf("held %ld\n", number + 1);
        (void)fflush(stdout);
    }
    must(client_close(file) == 0, "close", name);
}

int
main(int count, char **arguments)
{
    char name[512];
    int is_hold = count == 5 && strcmp(arguments[3], "hold") == 0;

    int is_held = count == 8 && strcmp(arguments[7], "held") == 0;
    int is_small_held = is_held;

    if (count != 7 && !is_hold && !is_held) {
        (void)fprintf(stderr, "work TARGET DIRECTORY write|verify FILES SIZE PIECE [held], or work TARGET FILE hold PIECE\n");
        return 2;
    }
    directory = arguments[2];
    files = is_hold ? 0 : atol(arguments[4]);
    size = is_hold ? 0 : atoll(arguments[5]);
    piece = (size_t)atol(arguments[is_hold ? 4 : 6]);
    buffer = malloc(piece);
    expected = malloc(piece);
    client_connect(arguments[1]);
    if (is_hold) {
        hold(arguments[2]);
        client_disconnect();
        (void)printf("written %ld\n", longest_ms);
    } else if (strcmp(arguments[3], "write") == 0) {
        must(client_mkdir(directory) == 0, "make the directory", directory);
        for (long number = 0; number < DIRECTORIES; number++) {
            must(client_mkdir(name_of("d%ld", number, name)) == 0, "make the directory", name);
        }
        for (long number = 0; number < files; number++) {
            write_small(number);
            say("small", number, files);
            wait_at(60, &is_small_held, number, files);
        }
        write_large(is_held);
        client_disconnect();
        (void)printf("written %ld\n", longest_ms);
    } else {
        for (long number = 0; number < files; number++) {
            verify_small(number);
        }
        verify_large();
        (void)printf("verified %ld\n", longest_ms);
    }
    free(buffer);
    free(expected);
    return 0;
}

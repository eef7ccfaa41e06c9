/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * dsync FILE NUMBER           writes blocks, one after the other and each by a write of its own, with O_DSYNC, until it is told to stop (SIGTERM); prints the
 *                             number of each block whose write has succeeded. A block whose write fails is not written again.
 * dsync FILE NUMBER verify    reads block numbers from standard input; prints those that are not in the file as they were written, and ends with 1
 *
 * NUMBER is in every block, so that one file's cannot pass for another's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 4096

static volatile sig_atomic_t is_stopped;

static void
stop(int signal)
{
    (void)signal;
    is_stopped = 1;
}

static void
fill(char *block, unsigned long file, long number)
{
    memset(block, (int)('a' + number % 26), BLOCK);
    (void)snprintf(block, BLOCK, "file %lu block %ld", file, number);
}

static int
write_blocks(const char *path, unsigned long file)
{
    char block[BLOCK];
    int fd = -1;

    for (long number = 0; !is_stopped; number++) {
        if (fd < 0) {
            fd = open(path, O_WRONLY | O_CREAT | O_DSYNC, 0644);
        }
        fill(block, file, number);
        if (fd >= 0 && pwrite(fd, block, BLOCK, number * BLOCK) == BLOCK) {
            (void)printf("%ld\n", number);
            (void)fflush(stdout);
        } else {
            if (fd >= 0) {
                (void)close(fd);
            }
            fd = -1;
            (void)usleep(20000);
        }
    }
    return 0;
}

static int
verify(const char *path, unsigned long file)
{
    char block[BLOCK];
    char expected[BLOCK];
    long number;
    int lost = 0;
    int fd = open(path, O_RDONLY);

    if (fd < 0) {
        perror(path);
        return 2;
    }
    while (scanf("%ld", &number) == 1) {
        fill(expected, file, number);
        if (pread(fd, block, BLOCK, number * BLOCK) != BLOCK || memcmp(block, expected, BLOCK) != 0) {
            (void)printf("%ld\n", number);
            lost = 1;
        }
    }
    return lost;
}

int
main(int count, char **arguments)
{
    struct sigaction action = {.sa_handler = stop};
    unsigned long file;

    if (count < 3) {
        (void)fprintf(stderr, "usage: dsync FILE NUMBER [verify]\n");
        return 2;
    }
    (void)sigaction(SIGTERM, &action, NULL);
    file = strtoul(arguments[2], NULL, 10);
    return count > 3 ? verify(arguments[1], file) : write_blocks(arguments[1], file);
}

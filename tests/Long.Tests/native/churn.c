/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * churn DIRECTORY SEED WORKERS      changes everything below a directory, in every way that a file system offers, until it is told to stop (SIGTERM)
 *
 * Each worker has a directory of its own, and a sequence of operations that depends on the seed alone, not on what comes of them: most paths exist,
 * others do not, and the errors that this brings are part of it. So are those of a pool whose units come and go. Any other error ends the program.
 * Each worker prints a line for every hundred operations; at the end the first process prints how many there were, and how many failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define WORKERS_MAX 16
#define DIRECTORIES 4 /* names of directories in each directory, down to two below the worker's own */
#define NAMES 12      /* names of everything else in each directory */
#define CHUNK 65536
#define FURTHEST 196608 /* where the last write begins */

struct counts {
    uint64_t done;
    uint64_t failed; /* for want of a unit */
};

static volatile sig_atomic_t is_stopped;
static uint64_t state;
static uint64_t number;
static char bytes[CHUNK];

static void
stop(int signal)
{
    (void)signal;
    is_stopped = 1;
}

/* splitmix64 */
static uint64_t
next(void)
{
    uint64_t value = (state += 0x9e3779b97f4a7c15u);

    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static unsigned
below(unsigned limit)
{
    return (unsigned)(next() % limit);
}

/* The path of a directory, the worker's own included. */
static void
pick_directory(char *path, size_t size, unsigned least_depth)
{
    unsigned depth = least_depth + below(3 - least_depth);
    size_t length = (size_t)snprintf(path, size, ".");

    for (unsigned level = 0; level < depth; level++) {
        length += (size_t)snprintf(path + length, size - length, "/d%u", below(DIRECTORIES));
    }
}

static void
pick_name(char *path, size_t size)
{
    size_t length;

    pick_directory(path, size, 0);
    length = strlen(path);
    (void)snprintf(path + length, size - length, "/n%u", below(NAMES));
}

static int
write_file(const char *path, int flags)
{
    size_t length = 1 + below(CHUNK);
    off_t offset = flags & O_APPEND ? 0 : (off_t)below(FURTHEST);
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | flags, 0666);
    int result;

    if (fd < 0) {
        return -1;
    }
    memset(bytes, (int)('a' + number % 26), length);
    result = flags & O_APPEND ? (int)write(fd, bytes, length) : (int)pwrite(fd, bytes, length, offset);
    if (close(fd) != 0 && result >= 0) {
        return -1;
    }
    return result < 0 ? -1 : 0;
}

static int
truncate_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW);
    int result;

    if (fd < 0) {
        return -1;
    }
    result = ftruncate(fd, (off_t)below(FURTHEST));
    return close(fd) != 0 ? -1 : result;
}

/* A symlink that has its metadata changed at once, as copies of trees do it. */
static int
make_symlink(const char *path)
{
    char target[64];

    (void)snprintf(target, sizeof(target), "target-%llu", (unsigned long long)number);
    if (symlink(target, path) != 0) {
        return -1;
    }
    return below(2) == 0 ? lchown(path, 1000 + below(4), 2000 + below(4)) : 0;
}

/* No driver has such a number: whoever opens the device gets an error. */
static int
make_node(const char *path)
{
    static const mode_t types[] = {S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK};
    unsigned type = below(4);

    return mknod(path, types[type] | 0640, type < 2 ? makedev(4000 + below(50), below(200)) : 0);
}

static int
set_times(const char *path)
{
    struct timespec times[2] = {{.tv_sec = 1000000000 + below(500000000)}, {.tv_sec = 1000000000 + below(500000000)}};

    return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

static int
operate(void)
{
    char path[256];
    char other[256];
    char value[32];
    unsigned choice = below(130);

    pick_name(path, sizeof(path));
    pick_name(other, sizeof(other));
    (void)snprintf(value, sizeof(value), "value-%llu", (unsigned long long)number);
    if (choice < 22) {
        return write_file(path, O_CREAT);
    }
    if (choice < 30) {
        return write_file(path, O_APPEND);
    }
    if (choice < 36) {
        return truncate_file(path);
    }
    if (choice < 46) {
        pick_directory(path, sizeof(path), 1);
        return mkdir(path, 0777);
    }
    if (choice < 50) {
        pick_directory(path, sizeof(path), 1);
        return rmdir(path);
    }
    if (choice < 60) {
        return rename(path, other);
    }
    if (choice < 66) {
        pick_directory(path, sizeof(path), 1);
        pick_directory(other, sizeof(other), 1);
        return rename(path, other);
    }
    if (choice < 75) {
        return make_symlink(path);
    }
    if (choice < 80) {
        return lchown(path, 1000 + below(4), 2000 + below(4));
    }
    if (choice < 88) {
        return link(path, other);
    }
    if (choice < 102) {
        return unlink(path);
    }
    if (choice < 107) {
        return chmod(path, 0600 + below(0200));
    }
    if (choice < 110) {
        pick_directory(path, sizeof(path), 1);
        return below(2) == 0 ? chmod(path, 0700 + below(0100)) : lchown(path, below(4), below(4));
    }
    if (choice < 116) {
        return setxattr(path, "user.churn", value, strlen(value), 0);
    }
    if (choice < 118) {
        return removexattr(path, "user.churn");
    }
    return choice < 125 ? make_node(path) : set_times(path);
}

static int
is_expected(int error)
{
    static const int errors[] = {ENOENT, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, ELOOP, EINVAL, EXDEV, EPERM, ENXIO, ENODATA, EINTR, ENODEV, EOPNOTSUPP, ENOTSUP};

    for (size_t index = 0; index < sizeof(errors) / sizeof(errors[0]); index++) {
        if (errors[index] == error) {
            return 1;
        }
    }
    return 0;
}

/* What a client sees while too few units are there, or while what it knows of them is being put right. */
static int
is_passing(int error)
{
    return error == ENOTCONN || error == EIO || error == ESTALE || error == EROFS || error == ETIMEDOUT || error == EAGAIN || error == EBUSY || error == EBADFD ||
           error == ECONNABORTED || error == EACCES;
}

static int
work(unsigned worker, uint64_t seed, struct counts *counts)
{
    char own[32];

    (void)snprintf(own, sizeof(own), "w%u", worker);
    if ((mkdir(own, 0777) != 0 && errno != EEXIST) || chdir(own) != 0) {
        perror(own);
        return 1;
    }
    state = seed * 1000003 + worker;
    for (number = 1; !is_stopped; number++) {
        uint64_t before = state;

        if (operate() != 0 && !is_expected(errno)) {
            if (!is_passing(errno)) {
                (void)fprintf(stderr, "worker %u, operation %llu (state %llx): %s\n", worker, (unsigned long long)number, (unsigned long long)before, strerror(errno));
                return 1;
            }
            counts->failed++;
        }
        counts->done++;
        if (number % 100 == 0) {
            (void)dprintf(STDOUT_FILENO, "%u %llu\n", worker, (unsigned long long)number);
        }
    }
    return 0;
}

int
main(int count, char **arguments)
{
    struct sigaction action = {.sa_handler = stop};
    struct counts *counts = mmap(NULL, sizeof(*counts) * WORKERS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t workers[WORKERS_MAX];
    unsigned many = count == 4 ? (unsigned)strtoul(arguments[3], NULL, 10) : 0;
    struct counts all = {0};
    int failed = 0;

    if (many < 1 || many > WORKERS_MAX || counts == MAP_FAILED || chdir(arguments[1]) != 0) {
        (void)fprintf(stderr, "usage: churn DIRECTORY SEED WORKERS (1 to %d)\n", WORKERS_MAX);
        return 2;
    }
    (void)umask(022);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    for (unsigned worker = 0; worker < many; worker++) {
        workers[worker] = fork();
        if (workers[worker] == 0) {
            _exit(work(worker, strtoull(arguments[2], NULL, 10), &counts[worker]));
        }
    }
    for (unsigned worker = 0; worker < many; worker++) {
        int status = 0;

        while (waitpid(workers[worker], &status, 0) < 0 && errno == EINTR) {
            for (unsigned each = 0; each < many; each++) {
                (void)kill(workers[each], SIGTERM);
            }
        }
        failed |= status != 0;
        all.done += counts[worker].done;
        all.failed += counts[worker].failed;
    }
    (void)printf("operations %llu failed %llu\n", (unsigned long long)all.done, (unsigned long long)all.failed);
    return failed;
}

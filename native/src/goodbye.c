/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The end of a graph's work: no further request is read, what was read is answered, answers reach their clients.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/sockios.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include <glusterfs/gf-event.h>

#include "internal.h"

static atomic_int is_cut_short;

void
kfsd_quiesce_cut_short(kfsd_context *context)
{
    (void)context;
    atomic_store(&is_cut_short, 1);
}

static void *
stop_event_threads(void *data)
{
    (void)gf_event_dispatch_destroy(data);
    return NULL;
}

static int
event_threads_ended(struct event_pool *pool)
{
    int active;

    pthread_mutex_lock(&pool->mutex);
    active = pool->activethreadcount;
    pthread_mutex_unlock(&pool->mutex);
    return active == 0;
}

/* Bytes that TCP peers have not acknowledged yet, over every connection of the process. */
static int64_t
bytes_unacknowledged(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    int64_t total = 0;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        int fd = atoi(entry->d_name);
        int domain = 0;
        int listening = 0;
        int queued = 0;
        socklen_t length = sizeof(int);

        if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && (domain == AF_INET || domain == AF_INET6) &&
            getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && !listening &&
            ioctl(fd, SIOCOUTQ, &queued) == 0) {
            total += queued;
        }
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    return total;
}

static struct timespec
monotonic_after(int32_t milliseconds)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += milliseconds / 1000;
    time.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

static int
is_past(const struct timespec *deadline)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > deadline->tv_sec || (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

/*
 * A request that was read waits in a queue before it becomes an operation, so one look that finds none in progress proves
 * nothing: only quiet over a while does.
 */
static int32_t
wait_for_quiet(kfsd_context *context, const struct timespec *deadline)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    int64_t operations;
    int64_t bytes;
    int quiet = 0;

    while (1) {
        operations = kfsd_operations_in_progress(context);
        bytes = operations == 0 ? bytes_unacknowledged() : 0;
        quiet = operations == 0 && bytes == 0 ? quiet + 1 : 0;
        if (quiet == 20) {
            return 0;
        }
        if (atomic_load(&is_cut_short)) {
            return kfsd_fail(ECANCELED, "told again to stop while %lld operations were in progress", (long long)operations);
        }
        if (is_past(deadline)) {
            return operations > 0 ? kfsd_fail(ETIMEDOUT, "%lld operations were still in progress", (long long)operations)
                                  : kfsd_fail(ETIMEDOUT, "clients had %lld bytes of answers still to take", (long long)bytes);
        }
        (void)nanosleep(&pause, NULL);
    }
}

/* pthread_clockjoin_np that can be cut short: ECANCELED then. */
static int
join(pthread_t thread, const struct timespec *deadline)
{
    int error;

    do {
        struct timespec slice = monotonic_after(10);
        error = pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &slice);
    } while (error == ETIMEDOUT && !is_past(deadline) && !atomic_load(&is_cut_short));
    return error == ETIMEDOUT && atomic_load(&is_cut_short) ? ECANCELED : error;
}

int32_t
kfsd_quiesce(kfsd_context *context, int32_t timeout_ms)
{
    struct event_pool *pool = context->glusterfs->event_pool;
    struct timespec deadline = monotonic_after(timeout_ms);
    pthread_t stopper;
    int32_t ret;
    int error;

    if (context->graph == NULL || context->listener_path_fd < 0) {
        return 0;
    }
    KFSD_ENTER();
    /* An event thread may itself be stuck in an operation, so it is waited for on a thread that can be left behind. */
    error = pthread_create(&stopper, NULL, stop_event_threads, pool);
    if (error == 0) {
        error = join(stopper, &deadline);
    }
    if (error != 0 || !event_threads_ended(pool)) {
        ret = kfsd_fail(error != 0 ? error : EAGAIN, error == ECANCELED ? "told again to stop while %lld operations were in progress"
                                                                        : "the event threads did not end; %lld operations were in progress",
                        (long long)kfsd_operations_in_progress(context));
    } else {
        ret = wait_for_quiet(context, &deadline);
    }
    KFSD_LEAVE();
    return ret;
}

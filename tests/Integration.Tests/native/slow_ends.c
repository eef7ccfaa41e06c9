/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into a process, draws out two things that happen at the end, so that they meet: threads take long to tell libcrypto that they end, and
 * exit(3) takes long after it has taken libcrypto apart. Tells by a file that exit(3) was called.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREAD_US 300000
#define PROCESS_US 800000

static void (*original)(void *);

static void
end_slowly(void *value)
{
    (void)usleep(THREAD_US);
    original(value);
}

int
pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    int (*next)(pthread_key_t *, void (*)(void *));
    Dl_info from;

    *(void **)&next = dlsym(RTLD_NEXT, "pthread_key_create");
    if (destructor != NULL && original == NULL && dladdr(*(void **)&destructor, &from) != 0 && strstr(from.dli_fname, "libcrypto") != NULL) {
        original = destructor;
        destructor = end_slowly;
    }
    return next(key, destructor);
}

/* The library that was loaded first is the last one to be asked. */
__attribute__((destructor)) static void
exit_slowly(void)
{
    const char *path = getenv("SLOW_ENDS_FILE");

    if (path != NULL) {
        (void)close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        (void)usleep(PROCESS_US);
    }
}

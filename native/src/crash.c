/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Crash reports: written when the process dies of a signal, before the handler that was there first goes on (and dumps core).
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "internal.h"

#define FRAMES 64

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
#define SIGNALS (int)(sizeof(signals) / sizeof(signals[0]))

static struct sigaction earlier[SIGNALS];
static char record_path[512];
static char record_heading[2048];
static uintptr_t program_start;
static uintptr_t program_end;
static atomic_int is_written;

/* The executable itself is what dl_iterate_phdr() tells of first. */
static int
find_program(struct dl_phdr_info *info, size_t size, void *data)
{
    int i;

    (void)size;
    (void)data;
    for (i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X)) {
            program_start = info->dlpi_addr + segment->p_vaddr;
            program_end = program_start + segment->p_memsz;
        }
    }
    return 1;
}

static uintptr_t
instruction(const void *data)
{
    const ucontext_t *state = data;

#if defined(__x86_64__)
    return (uintptr_t)state->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)state->uc_mcontext.pc;
#else
#error "where is the program counter here?"
#endif
}

/* Only what signal-safety(7) allows, and backtrace(), which was called once before so that it has all it needs. */
static void
write_record(int number, const siginfo_t *info)
{
    void *frames[FRAMES];
    char line[256];
    int length;
    int fd = open(record_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);

    if (fd < 0) {
        return;
    }
    /* Whatever the umask was, and whoever made the file before. */
    (void)fchmod(fd, 0640);
    length = snprintf(line, sizeof(line), "signal: %d\naddress: %p\nprocess: %d\ntime: %lld\n", number, info->si_addr, (int)getpid(),
                      (long long)time(NULL));
    (void)!write(fd, line, (size_t)length);
    (void)!write(fd, record_heading, strlen(record_heading));
    (void)!write(fd, "backtrace:\n", 11);
    backtrace_symbols_fd(frames, backtrace(frames, FRAMES), fd);
    (void)fsync(fd);
    (void)close(fd);
}

static void
handle(int number, siginfo_t *info, void *state)
{
    struct sigaction *before = &earlier[0];
    struct sigaction now;
    uintptr_t at = instruction(state);
    int is_managed;
    int i;

    for (i = 0; i < SIGNALS; i++) {
        if (signals[i] == number) {
            before = &earlier[i];
        }
    }
    /* Managed code may fault on purpose: the runtime makes an exception of it, or gives up and puts the default handler back. */
    is_managed = number != SIGABRT && at >= program_start && at < program_end;
    if (!is_managed && atomic_exchange(&is_written, 1) == 0) {
        write_record(number, info);
    }
    if (before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(number, info, state);
    } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
        before->sa_handler(number);
    } else {
        (void)sigaction(number, before, NULL);
    }
    if (is_managed && sigaction(number, NULL, &now) == 0 && now.sa_sigaction != handle && atomic_exchange(&is_written, 1) == 0) {
        write_record(number, info);
    }
    /* A fault happens again on return, and ends the process then. What somebody has sent does not. */
    if (info->si_code <= 0) {
        (void)signal(number, SIG_DFL);
        (void)raise(number);
    }
}

int32_t
kfsd_report_crashes(const char *path, const char *heading)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    void *frames[2];
    int i;

    if (strlen(path) >= sizeof(record_path) || strlen(heading) >= sizeof(record_heading)) {
        return kfsd_fail(ENAMETOOLONG, "path of %zu bytes, heading of %zu bytes", strlen(path), strlen(heading));
    }
    strcpy(record_path, path);
    strcpy(record_heading, heading);
    (void)dl_iterate_phdr(find_program, NULL);
    (void)backtrace(frames, 2);

    action.sa_sigaction = handle;
    (void)sigemptyset(&action.sa_mask);
    for (i = 0; i < SIGNALS; i++) {
        if (sigaction(signals[i], &action, &earlier[i]) != 0) {
            return kfsd_fail(errno, "sigaction: %s", strerror(errno));
        }
    }
    return 0;
}

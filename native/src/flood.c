/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Translators' log lines on their way to the log: floods are suppressed and counted, and lines become JSON where that is asked for.
 * Translators and libglusterfs itself log through _gf_msg() and _gf_log(), exported functions. The ones defined here come first
 * in symbol lookup, as sys_accept() does.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glusterfs/logging.h>

#include "internal.h"

#define PLACES 1024      /* places in the source that log, found by hash; two that fall together share a limit */
#define WINDOW_SECONDS 10

/* Where a line comes from, and what it did in the current window. */
struct place {
    const char *file; /* static text of the translator */
    int line;
    time_t window;
    int32_t lines;
    int64_t suppressed;
};

typedef int (*gf_msg_function)(const char *, const char *, const char *, int32_t, gf_loglevel_t, int, int, uint64_t, const char *, ...);
typedef int (*gf_log_function)(const char *, const char *, const char *, int32_t, gf_loglevel_t, const char *, ...);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct place places[PLACES];
static int32_t limit; /* lines per place and window; 0 for no limit */
static atomic_llong suppressed_in_all;

static gf_msg_function original_msg;
static gf_log_function original_log;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
find_originals(void)
{
    original_msg = (gf_msg_function)dlsym(RTLD_NEXT, "_gf_msg");
    original_log = (gf_log_function)dlsym(RTLD_NEXT, "_gf_log");
}

static time_t
now_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec;
}

/* libglusterfs's own rule, applied before anything is counted. */
static int
is_wanted(gf_loglevel_t level)
{
    const xlator_t *this = THIS;
    gf_loglevel_t least = this->loglevel != GF_LOG_NONE ? this->loglevel : this->ctx != NULL ? this->ctx->log.loglevel : GF_LOG_NONE;

    return level != GF_LOG_NONE && level <= least;
}

static const char *
base_name(const char *file)
{
    const char *slash = strrchr(file, '/');

    return slash != NULL ? slash + 1 : file;
}

void
kfsd_log_line(int32_t level, uint64_t message_id, const char *domain, const char *file, const char *function, int32_t line, int errnum,
              const char *text)
{
    (void)pthread_once(&once, find_originals);
    if (kfsd_json_is_on()) {
        kfsd_json_line(level, message_id, domain, base_name(file), function, line, errnum, text);
    } else {
        (void)original_msg(domain, file, function, line, (gf_loglevel_t)level, errnum, 0, message_id, "%s", text);
    }
}

static void
report_suppressed(const char *file, int line, int64_t count)
{
    char text[KFSD_TEXT_MAX];

    (void)snprintf(text, sizeof(text), "%lld more lines from %s:%d within %d s were not written", (long long)count, base_name(file), line,
                   WINDOW_SECONDS);
    kfsd_log_line(GF_LOG_WARNING, KFSD_MESSAGE_SUPPRESSED, "kadalu-fsd", file, "flood", line, 0, text);
}

void
kfsd_log_report_suppressed(kfsd_context *context)
{
    struct place ended[16];
    time_t now = now_seconds();
    int more = context != NULL;
    int count;
    int i;

    KFSD_ENTER();
    while (more) {
        count = 0;
        pthread_mutex_lock(&lock);
        for (i = 0; i < PLACES && count < 16; i++) {
            if (places[i].suppressed > 0 && now - places[i].window >= WINDOW_SECONDS) {
                ended[count++] = places[i];
                places[i].suppressed = 0;
            }
        }
        pthread_mutex_unlock(&lock);
        for (i = 0; i < count; i++) {
            report_suppressed(ended[i].file, ended[i].line, ended[i].suppressed);
        }
        more = count == 16;
    }
    KFSD_LEAVE();
}

void
kfsd_log_limit(kfsd_context *context, int32_t lines)
{
    (void)context;
    pthread_mutex_lock(&lock);
    limit = lines > 0 ? lines : 0;
    pthread_mutex_unlock(&lock);
}

int64_t
kfsd_log_suppressed(kfsd_context *context)
{
    (void)context;
    return atomic_load(&suppressed_in_all);
}

/*
 * Whether a line may be written. Debugging and tracing have no limit: who turns them on wants to see everything. *earlier: what was held
 * back in an earlier window and has not been told of, of this place or of one that shares its room.
 */
static int
admit(const char *file, int line, gf_loglevel_t level, struct place *earlier)
{
    struct place *place = &places[(((uintptr_t)file >> 3) * 31 + (uintptr_t)line) % PLACES];
    time_t now = now_seconds();
    int admitted;

    *earlier = (struct place){0};
    if (level > GF_LOG_INFO) {
        return 1;
    }
    pthread_mutex_lock(&lock);
    if (place->file == NULL || now - place->window >= WINDOW_SECONDS) {
        *earlier = *place;
        *place = (struct place){.file = file, .line = line, .window = now};
    }
    admitted = limit == 0 || place->lines < limit;
    if (admitted) {
        place->lines++;
    } else {
        place->suppressed++;
        atomic_fetch_add(&suppressed_in_all, 1);
    }
    pthread_mutex_unlock(&lock);
    return admitted;
}

/* The text of a line that may be written, to be freed by the caller; NULL for one that may not. */
static char *
admitted_text(const char *file, int line, gf_loglevel_t level, const char *format, va_list arguments)
{
    char *text = NULL;
    struct place earlier;

    (void)pthread_once(&once, find_originals);
    if (file == NULL || format == NULL || !is_wanted(level) || !admit(file, line, level, &earlier)) {
        return NULL;
    }
    if (earlier.suppressed > 0) {
        report_suppressed(earlier.file, earlier.line, earlier.suppressed);
    }
    return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

KFSD_EXPORT int
_gf_msg(const char *domain, const char *file, const char *function, int32_t line, gf_loglevel_t level, int errnum, int trace,
        uint64_t msgid, const char *format, ...)
{
    va_list arguments;
    char *text;
    int ret = 0;

    va_start(arguments, format);
    text = admitted_text(file, line, level, format, arguments);
    va_end(arguments);
    if (text != NULL && kfsd_json_is_on()) {
        kfsd_json_line(level, msgid, domain, base_name(file), function, line, errnum, text);
    } else if (text != NULL) {
        ret = original_msg(domain, file, function, line, level, errnum, trace, msgid, "%s", text);
    }
    free(text);
    return ret;
}

KFSD_EXPORT int
_gf_log(const char *domain, const char *file, const char *function, int32_t line, gf_loglevel_t level, const char *format, ...)
{
    va_list arguments;
    char *text;
    int ret = 0;

    va_start(arguments, format);
    text = admitted_text(file, line, level, format, arguments);
    va_end(arguments);
    if (text != NULL && kfsd_json_is_on()) {
        kfsd_json_line(level, 0, domain, base_name(file), function, line, 0, text);
    } else if (text != NULL) {
        ret = original_log(domain, file, function, line, level, "%s", text);
    }
    free(text);
    return ret;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Log lines as JSON objects, one on a line, into the same file as text would go to.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <glusterfs/logging.h>

#include "internal.h"

static atomic_int format = KFSD_LOG_TEXT;

int
kfsd_json_is_on(void)
{
    return atomic_load_explicit(&format, memory_order_relaxed) != KFSD_LOG_TEXT;
}

void
kfsd_log_format(kfsd_context *context, int32_t wanted)
{
    if (context == NULL) {
        return;
    }
    KFSD_ENTER();
    /* Lines that are alike are counted by libglusterfs, in text: not when they are to be JSON. */
    gf_log_set_log_buf_size(wanted == KFSD_LOG_TEXT ? GF_LOG_LRU_BUFSIZE_DEFAULT : 0);
    atomic_store(&format, wanted);
    KFSD_LEAVE();
}

/* The length of the UTF-8 character at a place (RFC 3629); 0 where there is none. */
static int
character_length(const unsigned char *at)
{
    int length = *at < 0x80 ? 1 : *at >= 0xc2 && *at < 0xe0 ? 2 : *at >= 0xe0 && *at < 0xf0 ? 3 : *at >= 0xf0 && *at < 0xf5 ? 4 : 0;
    int i;

    for (i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] >= 0xa0) || (*at == 0xf0 && at[1] < 0x90) || (*at == 0xf4 && at[1] >= 0x90)) {
        return 0;
    }
    return length;
}

/* RFC 8259, section 7. File names are any bytes: what is no character is replaced. */
static void
put_string(FILE *out, const char *text)
{
    const unsigned char *at;

    fputc('"', out);
    for (at = (const unsigned char *)(text != NULL ? text : ""); *at != '\0'; at++) {
        int length = character_length(at);

        if (length == 0) {
            fputs("\\ufffd", out);
        } else if (length > 1) {
            fwrite(at, 1, (size_t)length, out);
            at += length - 1;
        } else if (*at == '"' || *at == '\\') {
            fputc('\\', out);
            fputc(*at, out);
        } else if (*at < 0x20) {
            fprintf(out, "\\u%04x", *at);
        } else {
            fputc(*at, out);
        }
    }
    fputc('"', out);
}

static void
put_member(FILE *out, const char *name, const char *text)
{
    fprintf(out, ",\"%s\":", name);
    put_string(out, text);
}

/* What libglusterfs does before a line of text: the file was moved away, and is to be reopened. */
static void
rotate(glusterfs_ctx_t *ctx)
{
    FILE *file;
    int fd;

    if (!ctx->log.logrotate || ctx->log.logfile == NULL || ctx->log.filename == NULL) {
        return;
    }
    ctx->log.logrotate = 0;
    fd = open(ctx->log.filename, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    file = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (file == NULL) {
        if (fd >= 0) {
            (void)close(fd);
        }
        fprintf(ctx->log.logfile, "{\"level\":\"ERROR\",\"message\":\"the log cannot be reopened\"}\n");
    } else {
        (void)fclose(ctx->log.logfile);
        ctx->log.gf_log_logfile = ctx->log.logfile = file;
    }
}

void
kfsd_json_line(int32_t level, uint64_t message_id, const char *domain, const char *file, const char *function, int32_t line, int errnum,
               const char *text)
{
    static const char *const names[] = {"NONE", "EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG", "TRACE"};
    glusterfs_ctx_t *ctx = kfsd_process_context->glusterfs;
    struct timespec now;
    struct tm utc;
    char time[32];
    FILE *out;

    pthread_mutex_lock(&ctx->log.logfile_mutex);
    rotate(ctx);

    /* With the lock held: lines are in the order of their times. */
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", &utc);
    out = ctx->log.logfile != NULL ? ctx->log.logfile : stderr;
    if (atomic_load(&format) == KFSD_LOG_JSON_JOURNAL) {
        /* sd-daemon(3): the priority of a line, which is syslog's. */
        fprintf(out, "<%d>", level > GF_LOG_DEBUG ? 7 : (int)level - 1);
    }
    fprintf(out, "{\"time\":\"%s.%06ldZ\",\"level\":\"%s\"", time, now.tv_nsec / 1000, names[level]);
    if (message_id != 0) {
        fprintf(out, ",\"messageId\":%llu", (unsigned long long)message_id);
    }
    put_member(out, "domain", domain);
    put_member(out, "file", file);
    if (line != 0) {
        fprintf(out, ",\"line\":%d", line);
    }
    put_member(out, "function", function);
    put_member(out, "message", text);
    if (errnum != 0) {
        char words[128];
        put_member(out, "error", strerror_r(errnum, words, sizeof(words)));
    }
    fputs("}\n", out);
    (void)fflush(out);
    pthread_mutex_unlock(&ctx->log.logfile_mutex);
}

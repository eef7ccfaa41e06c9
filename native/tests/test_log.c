/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log: floods are suppressed and reported, levels change, lines become JSON, the file is reopened; the report of a crash.
 */
#include <signal.h>
#include <sys/wait.h>

#include "check.h"

/* <glusterfs/logging.h>, which would forbid system(3). */
#define GF_LOG_ERROR 4
int _gf_msg(const char *domain, const char *file, const char *function, int32_t line, int level, int errnum, int trace, uint64_t msgid,
            const char *format, ...);

static int
count_lines(const char *path, const char *text)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    int count = 0;

    CHECK(file != NULL);
    while (fgets(line, sizeof(line), file) != NULL) {
        count += strstr(line, text) != NULL;
    }
    (void)fclose(file);
    return count;
}

static void
flood(const char *text, int lines)
{
    int i;

    for (i = 0; i < lines; i++) {
        (void)_gf_msg("t", __FILE__, __func__, __LINE__, GF_LOG_ERROR, 0, 0, 1, "%s %d", text, i);
    }
}

static void
expect_crash_report(const char *work)
{
    char path[300];
    char long_text[3000];
    int status = 0;
    pid_t child = fork();

    (void)snprintf(path, sizeof(path), "%s/crash-report", work);
    if (child == 0) {
        /* The sanitizers' own handlers would go on for long. */
        (void)signal(SIGSEGV, SIG_DFL);
        CHECK(kfsd_report_crashes(path, "version: 1\n") == 0);
        (void)raise(SIGSEGV);
        _exit(3);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    CHECK(count_lines(path, "signal: 11") == 1);
    CHECK(count_lines(path, "version: 1") == 1);
    CHECK(count_lines(path, "libkfsd.so") > 0);

    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    CHECK(kfsd_report_crashes(path, long_text) == -ENAMETOOLONG);
    CHECK(kfsd_report_crashes(long_text, "") == -ENAMETOOLONG);
}

int
main(void)
{
    const char *work = make_work_directory();
    kfsd_context *context = NULL;
    char log_file[300];
    char moved[300];

    expect_crash_report(work);
    (void)snprintf(log_file, sizeof(log_file), "%s/unit.log", work);
    (void)snprintf(moved, sizeof(moved), "%s/unit.log.1", work);
    CHECK(kfsd_context_create(log_file, 7, "t", &context) == 0);

    flood("unlimited", 1000);
    CHECK(count_lines(log_file, "unlimited") == 1000);
    CHECK(kfsd_log_suppressed(context) == 0);

    kfsd_log_limit(context, 50);
    flood("limited", 1000000);
    CHECK(count_lines(log_file, " limited") <= 50);
    CHECK(kfsd_log_suppressed(context) >= 1000000 - 50);

    kfsd_log_limit(context, 0);
    kfsd_log(context, 8, 3001, "unit", "test", "main", "not yet");
    CHECK(kfsd_log_level(context, 0) == -EINVAL);
    CHECK(kfsd_log_level(context, 8) == 0);
    kfsd_log(context, 8, 3001, "unit", "test", "main", "debugging");
    CHECK(count_lines(log_file, "not yet") == 0 && count_lines(log_file, "debugging") == 1);

    kfsd_log_format(context, KFSD_LOG_JSON);
    kfsd_log(context, 6, 3002, "unit", "test", "main", "a \"quoted\"\nline");
    CHECK(count_lines(log_file, "\"level\":\"NOTICE\",\"messageId\":3002,\"domain\":\"unit\",\"file\":\"test\","
                                "\"function\":\"main\",\"message\":\"a \\\"quoted\\\"\\u000aline\"}") == 1);
    flood("as json", 1);
    CHECK(count_lines(log_file, "\"message\":\"as json 0\"") == 1);

    CHECK(rename(log_file, moved) == 0);
    kfsd_log_reopen(context);
    flood("anew", 1);
    CHECK(count_lines(moved, "anew") == 0 && count_lines(log_file, "\"message\":\"anew 0\"") == 1);

    kfsd_log_format(context, KFSD_LOG_JSON_JOURNAL);
    flood("for the journal", 1);
    CHECK(count_lines(log_file, "<3>{\"time\":\"") == 1);
    kfsd_log_finish(context);
    remove_work_directory(work);
    printf("test_log: passed\n");
    return 0;
}

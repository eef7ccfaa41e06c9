/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What must not start: wrong arguments, a volfile GlusterFS cannot read, one without a server, one whose translator fails.
 * Each case has a process of its own, since a context serves one graph.
 */
#include <sys/wait.h>

#include "check.h"

static const char *work;

static int32_t
try_graph(const char *volfile, const char *listener)
{
    kfsd_context *context = NULL;
    char log_file[300];

    (void)snprintf(log_file, sizeof(log_file), "%s/unit.log", work);
    CHECK(kfsd_context_create(log_file, 7, "t", &context) == 0);
    return kfsd_graph_start(context, volfile, (int64_t)strlen(volfile), listener);
}

static int32_t
bad_arguments(void)
{
    kfsd_context *context = NULL;
    char long_path[200];

    CHECK(kfsd_context_create("-", 0, "t", &context) == -EINVAL);
    CHECK(kfsd_context_create("-", 10, "t", &context) == -EINVAL);
    CHECK(kfsd_context_create("", 7, "t", &context) == -EINVAL);
    CHECK(kfsd_context_create("-", 7, "", &context) == -EINVAL);
    memset(long_path, 'x', sizeof(long_path));
    long_path[sizeof(long_path) - 1] = '\0';
    return try_graph("volume a\n", long_path);
}

static int32_t
log_cannot_open(void)
{
    kfsd_context *context = NULL;

    return kfsd_context_create("/proc/no/such/log", 7, "t", &context);
}

static int32_t
unreadable_volfile(void)
{
    return try_graph("volume a\n    type\nend-volume\n", "/nowhere");
}

static int32_t
no_server(void)
{
    return try_graph("volume a\n    type debug/sink\nend-volume\n", "/nowhere");
}

static int32_t
client_with_a_server(void)
{
    static const char volfile[] = "volume a\n    type protocol/client\nend-volume\nvolume b\n    type debug/io-stats\n    subvolumes a\nend-volume\n"
                                  "volume c\n    type protocol/server\n    subvolumes b\nend-volume\n";
    kfsd_context *context = NULL;
    char log_file[300];

    (void)snprintf(log_file, sizeof(log_file), "%s/unit.log", work);
    CHECK(kfsd_context_create(log_file, 7, "t", &context) == 0);
    return kfsd_client_graph_start(context, volfile, (int64_t)strlen(volfile));
}

static int32_t
foreign_volume_id(void)
{
    char volfile[2048];
    char listener[300];

    (void)snprintf(listener, sizeof(listener), "%s/listener", work);
    (void)snprintf(volfile, sizeof(volfile),
                   "volume p\n    type storage/posix\n    option directory %s/unit\n"
                   "    option volume-id 00000000-0000-0000-0000-000000000001\nend-volume\n"
                   "volume s\n    type protocol/server\n    option transport-type tcp\n"
                   "    option transport.address-family unix\n    option transport.socket.listen-path %s\n"
                   "    option auth.addr.p.allow *\n    subvolumes p\nend-volume\n",
                   work, listener);
    return try_graph(volfile, listener);
}

static void
expect(const char *name, int32_t (*attempt)(void), int32_t expected)
{
    int32_t ret;
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        ret = attempt();
        if (ret != expected || kfsd_last_error()[0] == '\0') {
            fprintf(stderr, "%s: %d instead of %d: %s\n", name, ret, expected, kfsd_last_error());
            _exit(1);
        }
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
    CHECK(kfsd_api_version() == KFSD_API_VERSION);
    CHECK(access(kfsd_translator_directory(), R_OK | X_OK) == 0);
    work = make_work_directory();
    expect("bad arguments", bad_arguments, -EINVAL);
    expect("log cannot open", log_cannot_open, -EIO);
    expect("unreadable volfile", unreadable_volfile, -EINVAL);
    expect("no server", no_server, -EINVAL);
    expect("a client with a server", client_with_a_server, -EINVAL);
    expect("foreign volume-id", foreign_volume_id, -EIO);
    remove_work_directory(work);
    printf("test_refusals: passed\n");
    return 0;
}

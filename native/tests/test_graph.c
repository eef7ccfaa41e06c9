/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One graph's life: context, start, adoption proved on real translators, events, adoption refusals, goodbye.
 */
#include <fcntl.h>
#include <poll.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/xattr.h>

#include "check.h"

int sys_rename(const char *oldpath, const char *newpath);

static void
expect_child_up(kfsd_context *context, const char *name)
{
    struct pollfd readable = {.fd = kfsd_event_fd(context), .events = POLLIN};
    char text[KFSD_TEXT_MAX];
    int32_t kind = 0;

    CHECK(poll(&readable, 1, 10000) == 1);
    CHECK(kfsd_event_next(context, &kind, text, 0) == -EINVAL);
    CHECK(kfsd_event_next(context, &kind, text, 4) == 1);
    CHECK(kind == KFSD_EVENT_CHILD_UP);
    CHECK(strncmp(text, name, 3) == 0 && strlen(text) == 3);
    while (kfsd_event_next(context, &kind, text, sizeof(text)) == 1) {
    }
    CHECK(poll(&readable, 1, 0) == 0);
}

/* The same volfile with one text in the place of another. */
static int32_t
reconfigure_with(kfsd_context *context, const char *volfile, const char *from, const char *to)
{
    char changed[4096];
    const char *at = strstr(volfile, from);

    CHECK(at != NULL);
    (void)snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - volfile), volfile, to, at + strlen(from));
    return kfsd_graph_reconfigure(context, changed, (int64_t)strlen(changed));
}

static void
expect_reconfigurations(kfsd_context *context, const char *volfile)
{
    const char *type = "type performance/io-threads\n";

    CHECK(kfsd_graph_reconfigure(context, volfile, 0) == -EINVAL);
    CHECK(reconfigure_with(context, volfile, type, type) == KFSD_RECONFIGURED);
    CHECK(reconfigure_with(context, volfile, type, "type performance/io-threads\n    option thread-count 8\n") == KFSD_RECONFIGURED);
    CHECK(reconfigure_with(context, volfile, type, "type performance/io-threads\n    option thread-count many\n") == -EINVAL);
    CHECK(strstr(kfsd_last_error(), "t-io-threads") != NULL);
    CHECK(reconfigure_with(context, volfile, type, "type performance/readdir-ahead\n") == KFSD_NEW_GRAPH_NEEDED);
    CHECK(reconfigure_with(context, volfile, "end-volume", "") == -EINVAL);
    CHECK(kfsd_graph_reconfigure(context, volfile, (int64_t)strlen(volfile)) == -ENOTRECOVERABLE);
}

static void
expect_report(kfsd_context *context)
{
    kfsd_translator translators[8];
    kfsd_operation_count counts[64];
    kfsd_operation operations[8];
    kfsd_memory memory[4096];
    kfsd_option options[2048];
    kfsd_client clients[8];
    int64_t bytes_read = -1;
    int64_t bytes_written = -1;
    int32_t count;
    int32_t i;
    int found = 0;

    CHECK(kfsd_translators(context, NULL, 0) == 4);
    CHECK(kfsd_translators(context, translators, 8) == 4);
    CHECK(strcmp(translators[0].type, "protocol/server") == 0 && strcmp(translators[3].type, "storage/posix") == 0);
    CHECK(translators[2].can_reconfigure == 1);

    /* Letting a client in looks the root up. */
    CHECK(kfsd_setvolume_prove(context, 10000) == 0);
    CHECK(kfsd_operation_counts(context, counts, 64) == 1);
    CHECK(strcmp(kfsd_operation_name((int32_t)counts[0].kind), "LOOKUP") == 0 && counts[0].calls == 1 && counts[0].failures == 0);
    CHECK(counts[0].timed <= 1);
    CHECK(kfsd_operation_name(0) == NULL && kfsd_operation_name(10000) == NULL);
    CHECK(kfsd_operations(context, 0, operations, 8) == 0);
    CHECK(kfsd_bytes_served(context, &bytes_read, &bytes_written) == 0);
    CHECK(bytes_read == 0 && bytes_written == 0);
    CHECK(kfsd_clients(context, clients, 8) <= 1);

    count = kfsd_memory_kinds(context, memory, 4096);
    CHECK(count > 10 && count <= 4096);
    for (i = 0; i < count; i++) {
        found += strcmp(memory[i].translator, "t-posix") == 0 && memory[i].allocations > 0;
    }
    CHECK(found > 0);

    count = kfsd_options(context, options, 2048);
    CHECK(count > 50 && count <= 2048);
    for (found = 0, i = 0; i < count; i++) {
        CHECK(options[i].keys[0] != NULL);
        found += strcmp(options[i].translator, "t-io-threads") == 0 && strcmp(options[i].keys[0], "thread-count") == 0 &&
                 options[i].minimum == 1 && options[i].maximum == 64;
    }
    CHECK(found == 1);
}

/* storage/posix has taken the handle away before it calls sys_rename(). */
static void
expect_handle_of_directory_that_stays(const char *work)
{
    static const unsigned char gfid[16] = {0xab, 0xcd, 0xef};
    static const unsigned char root_gfid[16] = {[15] = 1};
    char directory[300];
    char full[300];
    char inside[340];
    char handle[400];
    char target[400] = "";

    (void)snprintf(directory, sizeof(directory), "%s/unit/moved", work);
    (void)snprintf(full, sizeof(full), "%s/unit/full", work);
    (void)snprintf(inside, sizeof(inside), "%s/inside", full);
    (void)snprintf(handle, sizeof(handle), "%s/unit/.glusterfs/ab", work);
    CHECK(mkdir(directory, 0700) == 0 && mkdir(full, 0700) == 0 && mkdir(inside, 0700) == 0);
    CHECK(mkdir(handle, 0700) == 0 || errno == EEXIST);
    (void)snprintf(handle, sizeof(handle), "%s/unit/.glusterfs/ab/cd", work);
    CHECK(mkdir(handle, 0700) == 0 || errno == EEXIST);
    CHECK(setxattr(directory, "trusted.gfid", gfid, sizeof(gfid), 0) == 0);
    (void)snprintf(handle, sizeof(handle), "%s/unit", work);
    CHECK(setxattr(handle, "trusted.gfid", root_gfid, sizeof(root_gfid), 0) == 0);

    CHECK(sys_rename(directory, full) == -1 && errno == ENOTEMPTY);
    (void)snprintf(handle, sizeof(handle), "%s/unit/.glusterfs/ab/cd/abcdef00-0000-0000-0000-000000000000", work);
    CHECK(readlink(handle, target, sizeof(target) - 1) > 0);
    CHECK(strcmp(target, "../../00/00/00000000-0000-0000-0000-000000000001/moved") == 0);

    /* Nothing is there to be put back, and nothing to be done. */
    CHECK(sys_rename(inside, "/nowhere/at/all") == -1 && errno == ENOENT);
    (void)snprintf(target, sizeof(target), "%s/unit/gone", work);
    CHECK(sys_rename(target, full) == -1 && errno == ENOENT);
    CHECK(sys_rename(directory, inside) == 0);
}

/* Both ends of a connection over loopback; the second one does not block. */
static void
connect_pair(int *pair)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listener, 1) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    pair[0] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(pair[0], (struct sockaddr *)&address, sizeof(address)) == 0);
    pair[1] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    CHECK(pair[1] >= 0);
    close(listener);
}

static void
expect_closed(int fd)
{
    struct timeval patience = {.tv_sec = 10};
    char byte;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    CHECK(recv(fd, &byte, 1, 0) == 0);
    close(fd);
}

static void
expect_open(kfsd_context *context, int64_t open)
{
    kfsd_connection_counts counts = {.open = -1};

    for (int i = 0; i < 1000 && counts.open != open; i++) {
        kfsd_connections_count(context, &counts);
        usleep(10000);
    }
    CHECK(counts.open == open);
}

static void
expect_limits(kfsd_context *context)
{
    kfsd_connection_limits limits = {.total = 3, .per_address = 4, .handshakes = 2};
    kfsd_connection_counts counts;
    int pairs[6][2];

    expect_open(context, 0);
    kfsd_connections_limit(context, &limits);
    for (int i = 0; i < 6; i++) {
        connect_pair(pairs[i]);
    }
    CHECK(kfsd_adopt(context, pairs[0][1], 0) == 0);
    CHECK(kfsd_adopt(context, pairs[1][1], 0) == 0);
    CHECK(kfsd_adopt(context, pairs[2][1], 0) == -EAGAIN);
    usleep((KFSD_HANDSHAKE_MS + 100) * 1000);
    CHECK(kfsd_adopt(context, pairs[2][1], 0) == 0);
    CHECK(kfsd_connections_expire(context, 3600000) == 2);
    expect_closed(pairs[0][0]);
    expect_open(context, 2);

    limits.handshakes = 8;
    kfsd_connections_limit(context, &limits);
    CHECK(kfsd_adopt(context, pairs[3][1], 0) == 0);
    CHECK(kfsd_adopt(context, pairs[4][1], 0) == -ENOBUFS);
    CHECK(kfsd_adopt(context, pairs[4][1], 1) == 0);
    CHECK(kfsd_adopt(context, pairs[5][1], 1) == -EUSERS);
    kfsd_connections_count(context, &counts);
    CHECK(counts.open == 4 && counts.handshakes == 4 && counts.closed_for_others == 1 && counts.refused_total == 1 && counts.refused_per_address == 1);

    CHECK(kfsd_connections_expire(context, 0) == 0);
    for (int i = 1; i < 5; i++) {
        expect_closed(pairs[i][0]);
    }
    expect_open(context, 0);
    kfsd_connections_count(context, &counts);
    CHECK(counts.handshakes == 0 && counts.closed_late == 4);
    close(pairs[5][0]);
    close(pairs[5][1]);
}

int
main(void)
{
    const char *work = make_work_directory();
    kfsd_context *context = NULL;
    kfsd_context *second = NULL;
    char log_file[300];
    char listener[300];
    char volfile[4096];
    struct stat status;
    int pair[2];
    int i;

    (void)snprintf(log_file, sizeof(log_file), "%s/log/unit.log", work);
    (void)snprintf(listener, sizeof(listener), "%s/listener", work);
    (void)snprintf(volfile, sizeof(volfile),
                   "volume t-posix\n    type storage/posix\n    option directory %s/unit\n"
                   "    option volume-id 6b616461-6c75-2d66-7364-2d7465737421\nend-volume\n"
                   "volume t-io-threads\n    type performance/io-threads\n    subvolumes t-posix\nend-volume\n"
                   "volume %s/unit\n    type debug/io-stats\n    subvolumes t-io-threads\nend-volume\n"
                   "volume t-server\n    type protocol/server\n    option transport-type tcp\n"
                   "    option transport.address-family unix\n    option transport.socket.listen-path %s\n"
                   "    option auth.addr.%s/unit.allow *\n    subvolumes %s/unit\nend-volume\n",
                   work, work, listener, work, work);

    CHECK(kfsd_hook_check() == 0);
    CHECK(kfsd_context_create(log_file, 7, "t", &context) == 0);
    CHECK(kfsd_context_create(log_file, 7, "t", &second) == -EALREADY);
    CHECK(kfsd_adopt(context, 0, 0) < 0);
    CHECK(kfsd_graph_reconfigure(context, volfile, (int64_t)strlen(volfile)) == -ENODEV);

    CHECK(kfsd_graph_start(context, volfile, (int64_t)strlen(volfile), listener) == 0);
    CHECK(kfsd_graph_start(context, volfile, (int64_t)strlen(volfile), listener) == -EALREADY);
    expect_reconfigurations(context, volfile);
    CHECK(lstat(listener, &status) != 0 && errno == ENOENT);
    expect_child_up(context, work);
    expect_handle_of_directory_that_stays(work);

    for (i = 0; i < 100; i++) {
        CHECK(kfsd_adopt_prove(context, 10000) == 0);
    }

    expect_report(context);
    expect_limits(context);

    CHECK(kfsd_adopt(context, -1, 0) == -EINVAL);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(kfsd_adopt(context, pair[1], 0) == -EINVAL);
    CHECK(fcntl(pair[1], F_GETFL) >= 0);
    close(pair[0]);
    close(pair[1]);
    pair[0] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    CHECK(kfsd_adopt(context, pair[0], 0) == -ENOTCONN);
    close(pair[0]);

    CHECK(kfsd_operations_in_progress(context) == 0);
    kfsd_log(context, 6, 3001, "unit", "test_graph", "main", "a line from the host");
    CHECK(kfsd_quiesce(context, 10000) == 0);
    CHECK(kfsd_adopt_prove(context, 200) == -ETIMEDOUT);
    kfsd_log_finish(context);

    (void)snprintf(volfile, sizeof(volfile), "grep -q 'MSGID: 3001.*test_graph.*a line from the host' '%s'", log_file);
    CHECK(system(volfile) == 0);
    remove_work_directory(work);
    printf("test_graph: passed\n");
    return 0;
}

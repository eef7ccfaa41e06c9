/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Translators of our own: found in their own folder and nowhere else. The guard's view of names, without a disk; tests/Attack.Tests has the rest.
 */
#include "check.h"

/* After it: GlusterFS's headers forbid system(3). */
#include "../translators/guard/names.c"

static const char handle[] = "../../00/00/00000000-0000-0000-0000-000000000001/";

static void
expect_names(void)
{
    char longest[NAME_MAX + 2];

    memset(longest, 'x', sizeof(longest) - 1);
    longest[NAME_MAX + 1] = '\0';
    CHECK(guard_check_name(longest) == ENAMETOOLONG);
    longest[NAME_MAX] = '\0';
    CHECK(guard_check_name(longest) == 0);
    CHECK(guard_check_name("") == EINVAL && guard_check_name(".") == EINVAL && guard_check_name("..") == EINVAL);
    CHECK(guard_check_name("a/b") == EINVAL && guard_check_name("/") == EINVAL && guard_check_name("a/") == EINVAL);
    CHECK(guard_check_name("...") == 0 && guard_check_name("..a") == 0 && guard_check_name(".a") == 0 && guard_check_name(".glusterfs") == 0);
}

static void
expect_paths(void)
{
    CHECK(guard_check_path("/") == 0 && guard_check_path("/a") == 0 && guard_check_path("/a/b/..c") == 0);
    CHECK(guard_check_path("//") == EINVAL && guard_check_path("/a/") == EINVAL && guard_check_path("/a//b") == EINVAL);
    CHECK(guard_check_path("/..") == EINVAL && guard_check_path("/a/../b") == EINVAL && guard_check_path("/a/.") == EINVAL);
    CHECK(guard_check_path("/.glusterfs") == EPERM && guard_check_path("/.glusterfs/00") == EPERM);
    CHECK(guard_check_path("/.glusterfs2") == 0 && guard_check_path("/a/.glusterfs") == 0);
}

static int
parse(const char *last)
{
    char target[1024];
    const char *name = NULL;
    uuid_t parent;
    int error;

    (void)snprintf(target, sizeof(target), "%s%s", handle, last);
    error = guard_parse_handle(target, parent, &name);
    CHECK(error != 0 || (__is_root_gfid(parent) && strcmp(name, last) == 0));
    return error;
}

static void
expect_handles(void)
{
    const char *name;
    uuid_t parent;

    CHECK(parse("a") == 0 && parse("..a") == 0 && parse(".glusterfs") == 0);
    CHECK(parse("") == EINVAL && parse(".") == EINVAL && parse("..") == EINVAL && parse("../x") == EINVAL && parse("a/b") == EINVAL);
    for (size_t length = 0; length < sizeof(handle) - 1; length++) {
        char cut[sizeof(handle)];

        (void)snprintf(cut, sizeof(cut), "%.*s", (int)length, handle);
        CHECK(guard_parse_handle(cut, parent, &name) == EINVAL);
    }
    CHECK(guard_parse_handle("../../..", parent, &name) == EINVAL);
    CHECK(guard_parse_handle("../../01/00/00000000-0000-0000-0000-000000000001/a", parent, &name) == EINVAL);
    CHECK(guard_parse_handle("../../00/00/00000000-0000-0000-0000-00000000000g/a", parent, &name) == EINVAL);
    CHECK(guard_parse_handle("/../../0/00/00000000-0000-0000-0000-000000000001/a", parent, &name) == EINVAL);
}

static void
expect_graph(const char *work)
{
    kfsd_translator translators[8];
    kfsd_option options[8];
    kfsd_context *context = NULL;
    char log_file[300];
    char listener[300];
    char volfile[4096];

    (void)snprintf(log_file, sizeof(log_file), "%s/unit.log", work);
    (void)snprintf(listener, sizeof(listener), "%s/listener", work);
    (void)snprintf(volfile, sizeof(volfile),
                   "volume t-posix\n    type storage/posix\n    option directory %s/unit\n"
                   "    option volume-id 6b616461-6c75-2d66-7364-2d7465737421\nend-volume\n"
                   "volume t-guard\n    type kadalu/guard\n    option directory %s/unit\n    subvolumes t-posix\nend-volume\n"
                   "volume t\n    type debug/io-stats\n    subvolumes t-guard\nend-volume\n"
                   "volume t-server\n    type protocol/server\n    option transport-type tcp\n"
                   "    option transport.address-family unix\n    option transport.socket.listen-path %s\n"
                   "    option auth.addr.t.allow *\n    option auth-path t\n    subvolumes t\nend-volume\n",
                   work, work, listener);
    CHECK(access(kfsd_own_translator_directory(), R_OK | X_OK) == 0);
    CHECK(kfsd_translator_options("kadalu/guard", options, 8) == 1 && strcmp(options[0].keys[0], "directory") == 0);
    CHECK(kfsd_translator_options("kadalu/../guard", options, 8) == -EINVAL);
    CHECK(kfsd_translator_options("kadalu/nosuch", options, 8) == -ENOENT);
    CHECK(kfsd_context_create(log_file, 7, "t", &context) == 0);
    CHECK(kfsd_graph_start(context, volfile, (int64_t)strlen(volfile), listener) == 0);
    CHECK(kfsd_translators(context, translators, 8) == 4);
    CHECK(strcmp(translators[2].type, "kadalu/guard") == 0 && strcmp(translators[2].name, "t-guard") == 0);
    CHECK(kfsd_graph_reconfigure(context, volfile, (int64_t)strlen(volfile)) == KFSD_RECONFIGURED);
    CHECK(kfsd_setvolume_prove(context, 10000) == 0);
    CHECK(kfsd_quiesce(context, 10000) == 0);
    kfsd_log_finish(context);
}

int
main(void)
{
    const char *work = make_work_directory();

    expect_names();
    expect_paths();
    expect_handles();
    expect_graph(work);
    remove_work_directory(work);
    printf("test_guard: passed\n");
    return 0;
}

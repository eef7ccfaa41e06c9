/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The graph of a self-heal daemon whose units are not there: it starts, tells so, and ends.
 */
#include <sys/socket.h>

#include "check.h"

#define UNIT(number)                                                                                                           \
    "volume u" number "\n    type protocol/client\n    option remote-host 127.0.0.1\n    option remote-port 1\n"               \
    "    option remote-subvolume /u" number "\nend-volume\n"

static const char volfile[] = UNIT("0") UNIT("1")
    "volume r\n    type cluster/replicate\n    option iam-self-heal-daemon on\n    option self-heal-daemon on\n"
    "    option afr-pending-xattr u0,u1\n    subvolumes u0 u1\nend-volume\n"
    "volume top\n    type debug/io-stats\n    subvolumes r\nend-volume\n";

static void
expect_orders(kfsd_context *context)
{
    kfsd_heal heals[4];

    CHECK(kfsd_heal_start(context, 3, heals, 4) == -EINVAL);
    memset(heals, 0, sizeof(heals));
    CHECK(kfsd_heal_start(context, KFSD_HEAL_INDEX, heals, 1) == 2);
    CHECK(heals[1].unit == NULL);
    CHECK(kfsd_heal_start(context, KFSD_HEAL_FULL, heals, 4) == 2);
    CHECK(strcmp(heals[0].translator, "r") == 0 && strcmp(heals[0].unit, "u0") == 0 && strcmp(heals[1].unit, "u1") == 0);
    CHECK(!heals[0].is_started && strcmp(heals[0].status, "Brick is not connected") == 0);
    CHECK(kfsd_heal_mark(context, "r", 0) == -ENOENT);
    CHECK(kfsd_heal_mark(context, "u1", 1) == -ENOTCONN && strcmp(kfsd_last_error(), "u0 is not connected") == 0);
}

int
main(void)
{
    const char *work = make_work_directory();
    kfsd_context *context = NULL;
    kfsd_unit units[2];
    char log_file[300];
    int pair[2];

    (void)snprintf(log_file, sizeof(log_file), "%s/heal.log", work);
    CHECK(kfsd_context_create(log_file, 7, "shd/t", &context) == 0);
    CHECK(kfsd_heal_start(context, KFSD_HEAL_INDEX, NULL, 0) == -ENODEV);
    CHECK(kfsd_heal_mark(context, "u0", 0) == -ENODEV);
    CHECK(kfsd_client_graph_start(context, volfile, (int64_t)strlen(volfile)) == 0);
    CHECK(kfsd_client_graph_start(context, volfile, (int64_t)strlen(volfile)) == -EALREADY);

    CHECK(kfsd_units(context, units, 2) == 2);
    CHECK(!units[0].is_connected && !units[1].is_connected);
    CHECK((units[0].volume[0] == 'u') && (units[1].volume[0] == 'u') && strcmp(units[0].volume, units[1].volume) != 0);
    expect_orders(context);

    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    CHECK(kfsd_adopt(context, pair[0], 0) == -ENODEV);
    CHECK(kfsd_setvolume_prove(context, 100) == -ENODEV);
    CHECK(kfsd_graph_reconfigure(context, volfile, (int64_t)strlen(volfile)) == KFSD_RECONFIGURED);
    CHECK(kfsd_quiesce(context, 5000) == 0);
    kfsd_log_finish(context);
    remove_work_directory(work);
    puts("test_client: passed");
    return 0;
}

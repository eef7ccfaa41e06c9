/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Proof that the graph serves: calls that a client makes, on a socket that is adopted like a client's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glusterfs/dict.h>

#include "internal.h"

#define CALL_HEADER 44  /* record mark, xid, call, RPC version, program, version, procedure, credentials, verifier: AUTH_NULL both */
#define REPLY_HEADER 28 /* record mark, xid, reply, accepted, verifier, accept status */
#define DICT_MAX 1024

#define XID 0x6b667364
#define DUMP_PROGRAM 123451501
#define HANDSHAKE_PROGRAM 14398633
#define FILE_OPERATIONS_PROGRAM 1298437

static void
put(unsigned char *at, uint32_t value)
{
    value = htonl(value);
    memcpy(at, &value, sizeof(value));
}

static uint32_t
get(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return ntohl(value);
}

static void
put_header(unsigned char *call, size_t length, uint32_t program, uint32_t version, uint32_t procedure)
{
    memset(call, 0, CALL_HEADER);
    put(call, 0x80000000U | (uint32_t)(length - 4));
    put(call + 4, XID);
    put(call + 12, 2);
    put(call + 16, program);
    put(call + 20, version);
    put(call + 24, procedure);
}

/* poll(2) that goes on after a signal; the time starts again then, which nobody minds here. */
static int
wait_readable(int fd, int32_t timeout_ms)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    int ret;

    do {
        ret = poll(&readable, 1, timeout_ms);
    } while (ret < 0 && errno == EINTR);
    return ret == 1;
}

/* Makes one call on a connection of its own, and takes the beginning of its reply. */
static int32_t
exchange(kfsd_context *context, const unsigned char *call, size_t length, unsigned char *reply, size_t wanted, int32_t timeout_ms)
{
    int pair[2];
    int32_t ret;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        return kfsd_fail(errno, "socketpair: %s", strerror(errno));
    }
    ret = kfsd_adopt(context, pair[1], 0);
    if (ret != 0) {
        (void)close(pair[0]);
        (void)close(pair[1]);
        return ret;
    }
    if (write(pair[0], call, length) != (ssize_t)length || !wait_readable(pair[0], timeout_ms)) {
        ret = kfsd_fail(ETIMEDOUT, "GlusterFS did not answer on an adopted socket within %d ms", timeout_ms);
    } else if (recv(pair[0], reply, wanted, MSG_WAITALL) != (ssize_t)wanted || get(reply + 4) != XID || get(reply + 8) != 1 ||
               get(reply + 12) != 0 || get(reply + 24) != 0) {
        ret = kfsd_fail(EPROTO, "what answered on an adopted socket does not speak GlusterFS's protocol");
    }
    (void)close(pair[0]);
    return ret;
}

int32_t
kfsd_adopt_prove(kfsd_context *context, int32_t timeout_ms)
{
    unsigned char call[CALL_HEADER + 8] = {0};
    unsigned char reply[REPLY_HEADER];

    put_header(call, sizeof(call), DUMP_PROGRAM, 1, 1);
    return exchange(context, call, sizeof(call), reply, sizeof(reply), timeout_ms);
}

/* The least that a client tells of itself. Returns the number of bytes, or -errno. */
static int32_t
serialize_introduction(kfsd_context *context, unsigned char *out)
{
    xlator_t *server = context->graph->first;
    dict_t *dict = dict_new();
    int32_t ret = -ENOMEM;
    char id[256];

    (void)snprintf(id, sizeof(id), "kadalu-fsd-%d-start", (int)getpid());
    if (dict != NULL && dict_set_str(dict, (char *)"remote-subvolume", server->children->xlator->name) == 0 &&
        dict_set_str(dict, (char *)"process-uuid", id) == 0 && dict_set_str(dict, (char *)"process-name", (char *)"kadalu-fsd") == 0 &&
        dict_set_str(dict, (char *)"client-version", (char *)KFSD_GLUSTERFS_VERSION) == 0 &&
        dict_set_int32(dict, (char *)"fops-version", FILE_OPERATIONS_PROGRAM) == 0 &&
        dict_set_int32(dict, (char *)"mgmt-version", HANDSHAKE_PROGRAM) == 0 && dict_set_uint32(dict, (char *)"opversion", 0) == 0) {
        ret = dict_serialized_length(dict);
        if (ret > DICT_MAX) {
            ret = -E2BIG;
        } else if (ret > 0 && dict_serialize(dict, (char *)out) != 0) {
            ret = -EINVAL;
        }
    }
    if (dict != NULL) {
        dict_unref(dict);
    }
    return ret;
}

static int32_t
prove_setvolume(kfsd_context *context, int32_t timeout_ms)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    unsigned char call[CALL_HEADER + 4 + DICT_MAX + 4] = {0};
    unsigned char reply[REPLY_HEADER + 8];
    struct timespec start;
    struct timespec now;
    int32_t length;
    int32_t error;
    int32_t left;

    if (context->graph == NULL || context->listener_path_fd < 0) {
        return kfsd_fail(ENODEV, "no graph with a server is up");
    }
    length = serialize_introduction(context, call + CALL_HEADER + 4);
    if (length < 0) {
        return kfsd_fail(-length, "a client's introduction cannot be written: %s", strerror(-length));
    }
    put(call + CALL_HEADER, (uint32_t)length);
    put_header(call, CALL_HEADER + 4 + (((size_t)length + 3) & ~(size_t)3), HANDSHAKE_PROGRAM, 2, 1);

    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        left = timeout_ms - (int32_t)((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000);
        if (left <= 0) {
            return kfsd_fail(ETIMEDOUT, "no client could have been authenticated within %d ms: %s", timeout_ms, strerror(EAGAIN));
        }
        error = exchange(context, call, (get(call) & 0x7fffffffU) + 4, reply, sizeof(reply), left);
        if (error != 0) {
            return error;
        }
        error = get(reply + REPLY_HEADER) == 0 ? 0 : (int32_t)get(reply + REPLY_HEADER + 4);
        if (error == EAGAIN) {
            (void)nanosleep(&pause, NULL);
        }
    } while (error == EAGAIN);

    /* The volume's rules may well keep out a client that is nowhere; they were asked, which is what others will meet. */
    return error == 0 || error == EACCES ? 0 : kfsd_fail(error, "a client was not authenticated: %s", strerror(error));
}

int32_t
kfsd_setvolume_prove(kfsd_context *context, int32_t timeout_ms)
{
    int32_t ret;

    KFSD_ENTER();
    ret = prove_setvolume(context, timeout_ms);
    KFSD_LEAVE();
    return ret;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * How a socket that somebody else accepted becomes libgfrpc's. libgfrpc's socket transport accepts through
 * sys_accept(), an ordinary exported function of libglusterfs. The one defined here comes first in symbol lookup.
 * For every listener but the private one it accepts as the original does. For the private one it takes the connection that
 * kfsd_adopt() made only to wake the listener, drops it, and returns the oldest adopted socket with its real peer's address.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glusterfs/syscall.h>

#include "connections.h"

static int
is_private_listener(int sock)
{
    struct sockaddr_un name = {0};
    socklen_t length = sizeof(name);

    return kfsd_process_context != NULL && getsockname(sock, (struct sockaddr *)&name, &length) == 0 &&
           name.sun_family == AF_UNIX && name.sun_path[0] != '\0' &&
           strncmp(name.sun_path, kfsd_process_context->listener.sun_path, sizeof(name.sun_path)) == 0;
}

KFSD_EXPORT int
sys_accept(int sock, struct sockaddr *address, socklen_t *length, int flags)
{
    struct kfsd_context *context = kfsd_process_context;
    struct kfsd_adopted adopted = {.fd = -1};
    socklen_t capacity = *length;
    int accepted;

    accepted = accept4(sock, address, length, SOCK_CLOEXEC | ((flags & O_NONBLOCK) ? SOCK_NONBLOCK : 0));
    if (accepted < 0 || !is_private_listener(sock)) {
        return accepted;
    }

    (void)close(accepted);
    pthread_mutex_lock(&context->adopt_lock);
    if (context->adopted_count > 0) {
        adopted = context->adopted[context->adopted_first];
        context->adopted_first = (context->adopted_first + 1) % KFSD_ADOPTED;
        context->adopted_count--;
    }
    pthread_mutex_unlock(&context->adopt_lock);
    if (adopted.fd < 0) {
        kfsd_event_post(context, KFSD_EVENT_ACCEPT, "the private listener was woken without a socket to take");
        errno = ECONNABORTED;
        return -1;
    }
    kfsd_connection_accepted(adopted.connection);
    memcpy(address, &adopted.peer, adopted.peer_length < capacity ? adopted.peer_length : capacity);
    *length = adopted.peer_length;
    return adopted.fd;
}

/* Makes the private listener readable by one connection; the other end is dropped at once. */
static int
wake_listener(struct kfsd_context *context)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int sock;
    int error = 0;

    (void)snprintf(name.sun_path, sizeof(name.sun_path), "/proc/self/fd/%d", context->listener_path_fd);
    sock = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (sock < 0 || connect(sock, (struct sockaddr *)&name, sizeof(name)) != 0) {
        error = errno;
    }
    if (sock >= 0) {
        (void)close(sock);
    }
    return error;
}

/*
 * A socket has the options of the listener it came from, which may be set for volfile clients. libgfrpc expects none, and sets what the
 * volfile asks for.
 */
static void
clear_options(int fd)
{
    int off = 0;

    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &off, sizeof(off));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &off, sizeof(off));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &off, sizeof(off));
}

/* On a socket for IPv4 and IPv6 an IPv4 peer has an address that auth.addr rules are not written in. */
static void
unmap(struct kfsd_adopted *adopted)
{
    struct sockaddr_in6 mapped;
    struct sockaddr_in plain = {.sin_family = AF_INET};

    memcpy(&mapped, &adopted->peer, sizeof(mapped));
    if (mapped.sin6_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&mapped.sin6_addr)) {
        return;
    }
    plain.sin_port = mapped.sin6_port;
    memcpy(&plain.sin_addr, mapped.sin6_addr.s6_addr + 12, sizeof(plain.sin_addr));
    memset(&adopted->peer, 0, sizeof(adopted->peer));
    memcpy(&adopted->peer, &plain, sizeof(plain));
    adopted->peer_length = sizeof(plain);
}

int32_t
kfsd_adopt(kfsd_context *context, int32_t fd, int32_t is_node)
{
    struct kfsd_adopted adopted = {.fd = fd, .peer_length = sizeof(adopted.peer)};
    int flags = fcntl(fd, F_GETFL);
    int32_t ret;
    int error;

    if (flags < 0 || !(flags & O_NONBLOCK)) {
        return kfsd_fail(EINVAL, "descriptor %d cannot be adopted: %s", fd, flags < 0 ? strerror(errno) : "it blocks");
    }
    if (context->graph == NULL || context->listener_path_fd < 0) {
        return kfsd_fail(ENODEV, "no graph with a server is up");
    }
    if (getpeername(fd, (struct sockaddr *)&adopted.peer, &adopted.peer_length) != 0) {
        return kfsd_fail(errno, "getpeername: %s", strerror(errno));
    }
    unmap(&adopted);
    ret = kfsd_connection_new(fd, &adopted.peer, is_node, &adopted.connection);
    if (ret != 0) {
        return ret;
    }
    if (adopted.peer.ss_family != AF_UNIX) {
        clear_options(fd);
    }

    /* Held over both steps: a woken listener must find the socket, and a failed wake-up must leave none behind. */
    pthread_mutex_lock(&context->adopt_lock);
    error = context->adopted_count == KFSD_ADOPTED ? EAGAIN : wake_listener(context);
    if (error == 0) {
        context->adopted[(context->adopted_first + context->adopted_count++) % KFSD_ADOPTED] = adopted;
    }
    pthread_mutex_unlock(&context->adopt_lock);
    if (error == 0) {
        return 0;
    }
    kfsd_connection_free(adopted.connection);
    return kfsd_fail(error, "waking the private listener: %s", strerror(error));
}

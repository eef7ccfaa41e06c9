/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The floor: the least work that answers a volfile fetch. One thread, one epoll set; every call, whatever it says, gets the same
 * reply with its own transaction id. No parsing, no limits, no log. What a real service costs is what it takes beyond this.
 *
 * usage: floor PORT LENGTH     (length of the volfile in bytes)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 65536
#define BATCH 256

struct connection {
    unsigned char in[4096];
    size_t filled;
};

static struct connection *connections[CONNECTIONS];
static unsigned char *reply;
static size_t reply_length;

/* record mark, xid, reply, accepted, empty verifier, success, op_ret, op_errno, spec, empty xdata */
static void
build_reply(uint32_t spec_length)
{
    size_t padded = (spec_length + 3) & ~3u;
    uint32_t head[] = {0, 0, htonl(1), 0, 0, 0, 0, htonl(spec_length), 0, htonl(spec_length)};

    reply_length = sizeof(head) + padded + 4;
    head[0] = htonl(0x80000000u | (uint32_t)(reply_length - 4));
    reply = calloc(1, reply_length);
    memcpy(reply, head, sizeof(head));
    memset(reply + sizeof(head), 'v', spec_length);
}

static int
send_all(int fd, const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN) {
                continue;
            }
            return -1;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
    return 0;
}

/* Answers every whole call in the buffer with one send. */
static int
serve(int fd)
{
    static unsigned char out[1 << 20];
    struct connection *connection = connections[fd];
    ssize_t got = recv(fd, connection->in + connection->filled, sizeof(connection->in) - connection->filled, 0);
    size_t at = 0;
    size_t written = 0;

    if (got <= 0) {
        return got < 0 && errno == EAGAIN ? 0 : -1;
    }
    connection->filled += (size_t)got;
    while (connection->filled - at >= 8) {
        uint32_t mark;
        size_t length;

        memcpy(&mark, connection->in + at, 4);
        length = 4 + (ntohl(mark) & 0x7fffffff);
        if (connection->filled - at < length) {
            break;
        }
        if (written + reply_length > sizeof(out)) {
            if (send_all(fd, out, written) != 0) {
                return -1;
            }
            written = 0;
        }
        memcpy(out + written, reply, reply_length);
        memcpy(out + written + 4, connection->in + at + 4, 4);
        written += reply_length;
        at += length;
    }
    memmove(connection->in, connection->in + at, connection->filled - at);
    connection->filled -= at;
    return written > 0 ? send_all(fd, out, written) : 0;
}

int
main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct epoll_event events[BATCH];
    struct epoll_event event = {.events = EPOLLIN};
    int one = 1;
    int listener;
    int poll_fd;

    if (argc != 3) {
        fprintf(stderr, "usage: floor PORT LENGTH\n");
        return 2;
    }
    build_reply((uint32_t)atoi(argv[2]));
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(listener, 4096) != 0) {
        perror("floor");
        return 1;
    }
    poll_fd = epoll_create1(0);
    event.data.fd = listener;
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poll_fd, events, BATCH, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
                    connections[fd] = calloc(1, sizeof(struct connection));
                    event.data.fd = fd;
                    epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
                }
            } else if (serve(fd) != 0) {
                free(connections[fd]);
                connections[fd] = NULL;
                close(fd);
            }
        }
    }
}

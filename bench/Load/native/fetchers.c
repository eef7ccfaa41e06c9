/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clients for the volfile benchmark: as little work as can be, so that what is measured is the server.
 *
 * usage: fetchers PORT CONNECTIONS DEPTH SECONDS KEY   kept-open connections, each with DEPTH fetches in flight
 *        fetchers PORT CONNECTIONS 0 SECONDS KEY       connect, fetch once, close; CONNECTIONS at a time
 *        fetchers PORT CONNECTIONS -1 SECONDS KEY      fetch once each and stay, until each was told of a change
 * Prints fetches per second; the last one prints "held" once all have fetched, and "told" at the end.
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
#include <time.h>
#include <unistd.h>

#define BATCH 256
#define ADDRESSES 64

/* No volfile is shorter; a shorter reply says that there is none. */
#define SHORTEST_VOLFILE 200

struct client {
    int fd;
    uint32_t skip;     /* bytes of the current reply still to come */
    unsigned char mark[4];
    int mark_filled;
};

static unsigned char call[4096];
static size_t call_length;
static struct sockaddr_in server = {.sin_family = AF_INET};
static uint64_t replies;
static uint64_t expect_volfiles = UINT64_MAX;

/* What GlusterFS 10 sends with each fetch: a dict of two pairs, max-op-version 100000 and min-op-version 1 (dict.c). */
static const unsigned char versions[] = {
    0, 0, 0, 2,
    0, 0, 0, 14, 0, 0, 0, 7, 'm', 'a', 'x', '-', 'o', 'p', '-', 'v', 'e', 'r', 's', 'i', 'o', 'n', 0, '1', '0', '0', '0', '0', '0', 0,
    0, 0, 0, 14, 0, 0, 0, 2, 'm', 'i', 'n', '-', 'o', 'p', '-', 'v', 'e', 'r', 's', 'i', 'o', 'n', 0, '1', 0,
};

static void
build_call(const char *key)
{
    uint32_t key_length = (uint32_t)strlen(key);
    uint32_t dict_length = htonl((uint32_t)sizeof(versions));
    uint32_t head[] = {0,        htonl(7), 0, htonl(2), htonl(14398633), htonl(2), htonl(2), 0, 0, 0, 0, htonl(0),
                       htonl(key_length)};

    memcpy(call, head, sizeof(head));
    memcpy(call + sizeof(head), key, key_length);
    call_length = sizeof(head) + ((key_length + 3) & ~3u);
    memcpy(call + call_length, &dict_length, 4);
    memcpy(call + call_length + 4, versions, sizeof(versions));
    call_length += 4 + ((sizeof(versions) + 3) & ~3u);
    head[0] = htonl(0x80000000u | (uint32_t)(call_length - 4));
    memcpy(call, head, 4);
}

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static void
start(struct client *client, int poll_fd, int depth)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    static uint32_t connected;
    struct sockaddr_in own = {.sin_family = AF_INET};
    int one = 1;

    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    client->skip = 0;
    client->mark_filled = 0;
    /* Many addresses of this machine in turn: those of one would all be waiting out their TIME_WAIT before long. */
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + connected++ % ADDRESSES);
    if (client->fd < 0 || setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) != 0 ||
        bind(client->fd, (struct sockaddr *)&own, sizeof(own)) != 0 || connect(client->fd, (struct sockaddr *)&server, sizeof(server)) != 0) {
        fail("connect");
    }
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, client->fd, &event);
    for (int i = 0; i < depth; i++) {
        if (send(client->fd, call, call_length, MSG_NOSIGNAL) != (ssize_t)call_length) {
            fail("send");
        }
    }
}

/* Counts the replies that ended in these bytes. */
static int
consume(struct client *client, const unsigned char *bytes, size_t length)
{
    int ended = 0;

    while (length > 0) {
        if (client->skip == 0) {
            client->mark[client->mark_filled++] = *bytes++;
            length--;
            if (client->mark_filled == 4) {
                uint32_t mark;
                memcpy(&mark, client->mark, 4);
                client->skip = ntohl(mark) & 0x7fffffff;
                client->mark_filled = 0;
                if (client->skip < SHORTEST_VOLFILE && replies < expect_volfiles) {
                    fprintf(stderr, "the server gave no volfile\n");
                    exit(1);
                }
            }
        } else {
            size_t take = length < client->skip ? length : client->skip;
            bytes += take;
            length -= take;
            client->skip -= (uint32_t)take;
            ended += client->skip == 0;
        }
    }
    return ended;
}

int
main(int argc, char **argv)
{
    static unsigned char buffer[1 << 18];
    static unsigned char calls[64 * 4096];
    struct epoll_event events[BATCH];
    struct timespec begin;
    struct timespec now;
    struct client *clients;
    double elapsed;
    int count;
    int depth;
    int poll_fd = epoll_create1(0);

    if (argc != 6) {
        fprintf(stderr, "usage: fetchers PORT CONNECTIONS DEPTH SECONDS KEY\n");
        return 2;
    }
    server.sin_port = htons((uint16_t)atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    count = atoi(argv[2]);
    depth = atoi(argv[3]);
    build_call(argv[5]);
    clients = calloc((size_t)count, sizeof(*clients));
    for (int i = 0; i < 64; i++) {
        memcpy(calls + (size_t)i * call_length, call, call_length);
    }
    for (int i = 0; i < count; i++) {
        start(&clients[i], poll_fd, depth > 0 ? depth : 1);
    }
    if (depth < 0) {
        expect_volfiles = (uint64_t)count;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        int ready = epoll_wait(poll_fd, events, BATCH, 1000);
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            ssize_t got = recv(client->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
            int ended;

            if (got <= 0) {
                fail("recv");
            }
            ended = consume(client, buffer, (size_t)got);
            if (depth < 0 && replies < expect_volfiles && replies + (uint64_t)ended >= expect_volfiles) {
                puts("held");
                fflush(stdout);
            }
            replies += (uint64_t)ended;
            if (depth < 0 && replies >= 2 * expect_volfiles) {
                puts("told");
                return 0;
            }
            if (depth == 0 && ended > 0) {
                close(client->fd);
                start(client, poll_fd, 1);
            } else if (depth > 0 && ended > 0 &&
                       send(client->fd, calls, call_length * (size_t)ended, MSG_NOSIGNAL) != (ssize_t)(call_length * (size_t)ended)) {
                fail("send");
            }
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
        elapsed = (double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9;
    } while (depth < 0 || elapsed < atof(argv[4]));
    printf("%.0f\n", (double)replies / elapsed);
    return 0;
}

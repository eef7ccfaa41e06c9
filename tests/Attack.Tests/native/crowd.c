/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Clients of a storage unit that do nothing but be there.
 *
 *   crowd hold PORT SUBVOLUME COUNT   lets COUNT clients in (SETVOLUME), says how many were, and closes all of them at once when it reads a line
 *   crowd ask PORT SUBVOLUME          lets one in, again and again until its input ends, and says what the slowest took, in ms, and how many there were
 *   crowd claim PORT COUNT LENGTH     COUNT peers announce a record of LENGTH bytes and send all but its last; says how many were closed for that
 *
 * Addresses are 127.0.0.1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WINDOW 64 /* clients that are let in at a time */
#define HEADER 44 /* record mark, xid, call, RPC version, program, version, procedure, credentials and verifier: AUTH_NULL both */
#define HANDSHAKE 14398633
#define FILE_OPERATIONS 1298437
#define DUMP 123451501
#define ASK_MS 60000  /* for so long a client that is refused comes again */
#define CLAIM_MS 5000 /* within which a claim is expected to be refused */

static unsigned char call[4096];

static void
put(unsigned char *at, uint32_t value)
{
    value = htonl(value);
    memcpy(at, &value, sizeof(value));
}

static void
put_header(size_t length, uint32_t program, uint32_t version, uint32_t procedure)
{
    memset(call, 0, HEADER);
    put(call, 0x80000000U | (uint32_t)(length - 4));
    put(call + 4, 1);
    put(call + 12, 2);
    put(call + 16, program);
    put(call + 20, version);
    put(call + 24, procedure);
}

/* A pair of GlusterFS's dict: both lengths, both texts, each with its NUL. */
static size_t
put_pair(unsigned char *at, const char *key, const char *value)
{
    put(at, (uint32_t)strlen(key));
    put(at + 4, (uint32_t)strlen(value) + 1);
    strcpy((char *)at + 8, key);
    strcpy((char *)at + 8 + strlen(key) + 1, value);
    return 8 + strlen(key) + 1 + strlen(value) + 1;
}

/* SETVOLUME of a client that nobody else is. */
static size_t
put_introduction(const char *subvolume, int number)
{
    unsigned char *dict = call + HEADER + 4;
    size_t length = 4;
    char id[64];

    (void)snprintf(id, sizeof(id), "crowd-%d-%d", (int)getpid(), number);
    put(dict, 7);
    length += put_pair(dict + length, "remote-subvolume", subvolume);
    length += put_pair(dict + length, "process-uuid", id);
    length += put_pair(dict + length, "process-name", "crowd");
    length += put_pair(dict + length, "client-version", "10.3");
    length += put_pair(dict + length, "fops-version", "1298437");
    length += put_pair(dict + length, "mgmt-version", "14398633");
    length += put_pair(dict + length, "opversion", "0");
    put(call + HEADER, (uint32_t)length);
    memset(dict + length, 0, 4);
    length = HEADER + 4 + ((length + 3) & ~(size_t)3);
    put_header(length, HANDSHAKE, 2, 1);
    return length;
}

static int
connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (sock < 0 || connect(sock, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("connect");
        exit(1);
    }
    return sock;
}

/* Takes one reply. Returns 1 when it says that the client is let in. */
static int
is_let_in(int sock)
{
    unsigned char reply[36];
    uint32_t mark;
    uint32_t result;
    ssize_t length = recv(sock, reply, sizeof(reply), MSG_WAITALL);
    char rest[4096];
    size_t left;

    if (length != sizeof(reply)) {
        return 0;
    }
    memcpy(&mark, reply, 4);
    memcpy(&result, reply + 28, 4);
    for (left = (ntohl(mark) & 0x7fffffff) + 4 - sizeof(reply); left > 0; left -= (size_t)length) {
        length = recv(sock, rest, left < sizeof(rest) ? left : sizeof(rest), 0);
        if (length <= 0) {
            return 0;
        }
    }
    return result == 0;
}

static int
hold(int port, const char *subvolume, int count)
{
    int *socks = calloc((size_t)count, sizeof(int));
    int let_in = 0;
    char line[8];

    for (int first = 0; first < count; first += WINDOW) {
        int end = first + WINDOW < count ? first + WINDOW : count;

        for (int i = first; i < end; i++) {
            size_t length = put_introduction(subvolume, i);

            socks[i] = connect_to(port);
            (void)!send(socks[i], call, length, MSG_NOSIGNAL);
        }
        for (int i = first; i < end; i++) {
            if (is_let_in(socks[i])) {
                let_in++;
            } else {
                close(socks[i]);
            }
        }
    }
    printf("%d\n", let_in);
    fflush(stdout);
    (void)!fgets(line, sizeof(line), stdin);
    return 0; /* which closes all of them */
}

static double
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static int
ask_once(int port, const char *subvolume, int number)
{
    size_t length = put_introduction(subvolume, number);
    struct timeval patience = {.tv_sec = ASK_MS / 1000};
    int sock = connect_to(port);
    int let_in;

    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    let_in = send(sock, call, length, MSG_NOSIGNAL) == (ssize_t)length && is_let_in(sock);
    close(sock);
    return let_in;
}

static int
ask(int port, const char *subvolume)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    double slowest = 0;
    int number = 0;

    while (poll(&input, 1, 5) == 0) {
        double began = now_ms();

        while (!ask_once(port, subvolume, number) && now_ms() - began < ASK_MS) {
        }
        number++;
        if (now_ms() - began > slowest) {
            slowest = now_ms() - began;
        }
    }
    printf("%.0f %d\n", slowest, number);
    return 0;
}

static int
claim(int port, int count, size_t length)
{
    unsigned char *filler = calloc(1, length);
    int *socks = calloc((size_t)count, sizeof(int));
    size_t *sent = calloc((size_t)count, sizeof(size_t));
    struct timeval patience = {.tv_sec = 5};
    double began;
    int closed = 0;

    put_header(length + 4, DUMP, 1, 1);
    memcpy(filler, call + 4, HEADER - 4);
    for (int i = 0; i < count; i++) {
        socks[i] = connect_to(port);
        setsockopt(socks[i], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        (void)!send(socks[i], call, 4, MSG_NOSIGNAL);
    }
    for (int i = 0; i < count; i++) {
        ssize_t taken = 1;

        while (sent[i] < length - 1 && taken > 0) {
            taken = send(socks[i], filler + sent[i], length - 1 - sent[i], MSG_NOSIGNAL);
            sent[i] += taken > 0 ? (size_t)taken : 0;
        }
    }
    began = now_ms();
    for (int i = 0; i < count; i++) {
        struct pollfd readable = {.fd = socks[i], .events = POLLIN};
        double left = began + CLAIM_MS - now_ms();
        ssize_t got = poll(&readable, 1, left > 0 ? (int)left : 0) == 1 ? recv(socks[i], call, 1, MSG_DONTWAIT) : 1;

        closed += got == 0 || (got < 0 && errno == ECONNRESET);
    }
    printf("%d\n", closed);
    fflush(stdout);
    (void)!fgets((char *)call, 8, stdin);
    return 0;
}

int
main(int argc, char **argv)
{
    struct rlimit descriptors;

    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    if (argc == 5 && strcmp(argv[1], "hold") == 0) {
        return hold(atoi(argv[2]), argv[3], atoi(argv[4]));
    }
    if (argc == 4 && strcmp(argv[1], "ask") == 0) {
        return ask(atoi(argv[2]), argv[3]);
    }
    if (argc == 5 && strcmp(argv[1], "claim") == 0) {
        return claim(atoi(argv[2]), atoi(argv[3]), (size_t)atol(argv[4]));
    }
    return 2;
}

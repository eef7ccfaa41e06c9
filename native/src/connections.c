/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every connection of the graph's server, from its adoption to its end: found by its transport and counted by its peer's address, both in
 * constant time, because all of them may come or go at once. Until its client is authenticated (SETVOLUME) a connection is in its
 * handshake: only so many are, for a limited time, and their records must be short.
 *
 * libgfrpc tells of connections through rpcsvc_register_notify(), reads them in a function that it registers with gf_event_register(), and
 * gets memory for a record, of the length that the peer claims, from iobuf_get2(): exported functions, in whose place those here are found.
 */
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "connections.h"

#include <glusterfs/client_t.h>
#include <glusterfs/gf-event.h>
#include <glusterfs/iobuf.h>
#include <rpcsvc.h>

#include "relay.h"

#define BUCKETS 4096 /* a power of two; 20,000 connections are five in each */

struct kfsd_peer {
    struct kfsd_peer *next;
    unsigned char address[sizeof(struct in6_addr)]; /* IPv4 as IPv6 has it */
    int32_t connections;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kfsd_connection *by_transport[BUCKETS];
static struct kfsd_peer *by_address[BUCKETS];
static struct list_head known = {&known, &known};       /* all that the server has, in the order they came */
static struct list_head handshakes = {&handshakes, &handshakes}; /* those whose client is not authenticated, the oldest first */
static kfsd_connection_counts counts;
static int64_t with_address; /* of those that are open, what the limit of all counts */
static kfsd_connection_limits limits = {.total = INT32_MAX, .per_address = INT32_MAX, .handshakes = INT32_MAX};

static rpcsvc_notify_t original_notify;
static int (*close_descriptor)(int);
static int (*register_event)(struct event_pool *, int, event_handler_t, void *, int, int, char);
static struct iobuf *(*get_iobuf)(struct iobuf_pool *, size_t);

/* Of this thread: what it has accepted until the server hears of it, what is to be registered then, and the one in its handshake that it is reading. */
#define OF_THREAD static __thread __attribute__((tls_model("initial-exec")))
OF_THREAD struct kfsd_connection *accepted;
OF_THREAD struct kfsd_connection *registering;
OF_THREAD struct kfsd_connection *reading;

__attribute__((constructor)) static void
find_originals(void)
{
    *(void **)&close_descriptor = dlsym(RTLD_NEXT, "sys_close");
    *(void **)&register_event = dlsym(RTLD_NEXT, "gf_event_register");
    *(void **)&get_iobuf = dlsym(RTLD_NEXT, "iobuf_get2");
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned
hash(const void *bytes, size_t length)
{
    uint64_t value = 14695981039346656037U; /* FNV-1a */

    for (size_t i = 0; i < length; i++) {
        value = (value ^ ((const unsigned char *)bytes)[i]) * 1099511628211U;
    }
    return (unsigned)(value ^ (value >> 32)) & (BUCKETS - 1);
}

/* Returns 0 for a peer without an address, on a unix socket. */
static int
address_of(const struct sockaddr_storage *peer, unsigned char *out)
{
    if (peer->ss_family == AF_INET6) {
        memcpy(out, &((const struct sockaddr_in6 *)peer)->sin6_addr, sizeof(struct in6_addr));
        return 1;
    }
    if (peer->ss_family == AF_INET) {
        memset(out, 0, sizeof(struct in6_addr));
        out[10] = out[11] = 0xff;
        memcpy(out + 12, &((const struct sockaddr_in *)peer)->sin_addr, sizeof(struct in_addr));
        return 1;
    }
    return 0;
}

static struct kfsd_peer *
find_peer(const unsigned char *address)
{
    struct kfsd_peer **bucket = &by_address[hash(address, sizeof(struct in6_addr))];
    struct kfsd_peer *peer = *bucket;

    while (peer != NULL && memcmp(peer->address, address, sizeof(peer->address)) != 0) {
        peer = peer->next;
    }
    if (peer == NULL && (peer = calloc(1, sizeof(*peer))) != NULL) {
        memcpy(peer->address, address, sizeof(peer->address));
        peer->next = *bucket;
        *bucket = peer;
    }
    return peer;
}

static void
leave_peer(struct kfsd_peer *peer)
{
    struct kfsd_peer **at;

    if (peer == NULL || --peer->connections > 0) {
        return;
    }
    for (at = &by_address[hash(peer->address, sizeof(peer->address))]; *at != peer; at = &(*at)->next) {
    }
    *at = peer->next;
    free(peer);
}

/* No longer one of those that wait. */
static void
leave_handshakes(struct kfsd_connection *connection)
{
    if (!list_empty(&connection->waiting)) {
        list_del_init(&connection->waiting);
        counts.handshakes--;
    }
}

/* Has libgfrpc find the connection's end; its descriptor is open as long as it is in the list of handshakes. */
static void
hang_up(struct kfsd_connection *connection)
{
    leave_handshakes(connection);
    (void)shutdown(connection->fd, SHUT_RDWR);
}

/* Many clients may come back at once, and have a moment before they make room for others. */
static int32_t
make_room_for_handshake(void)
{
    struct kfsd_connection *oldest;

    if (counts.handshakes < limits.handshakes) {
        return 0;
    }
    oldest = list_first_entry(&handshakes, struct kfsd_connection, waiting);
    if (now_ms() - oldest->adopted_ms < KFSD_HANDSHAKE_MS) {
        return kfsd_fail(EAGAIN, "%lld clients wait to be authenticated", (long long)counts.handshakes);
    }
    counts.closed_for_others++;
    hang_up(oldest);
    return 0;
}

static int32_t
admit(struct kfsd_connection *connection, const struct sockaddr_storage *from, int is_node)
{
    unsigned char address[sizeof(struct in6_addr)];
    int32_t ret;

    if (!address_of(from, address)) {
        return 0;
    }
    if (!is_node && with_address >= limits.total) {
        counts.refused_total++;
        return kfsd_fail(ENOBUFS, "%lld connections for I/O are open", (long long)with_address);
    }
    ret = make_room_for_handshake();
    if (ret != 0) {
        return ret;
    }
    connection->peer = find_peer(address);
    if (connection->peer == NULL) {
        return kfsd_fail(ENOMEM, "no memory for a connection");
    }
    if (connection->peer->connections++ >= limits.per_address) {
        leave_peer(connection->peer);
        counts.refused_per_address++;
        return kfsd_fail(EUSERS, "its address has %d connections for I/O", limits.per_address);
    }
    with_address++;
    list_add_tail(&connection->waiting, &handshakes);
    counts.handshakes++;
    return 0;
}

int32_t
kfsd_connection_new(int fd, const struct sockaddr_storage *from, int is_node, struct kfsd_connection **out)
{
    struct kfsd_connection *connection = calloc(1, sizeof(*connection));
    int32_t ret;

    *out = connection;
    if (connection == NULL) {
        return kfsd_fail(ENOMEM, "no memory for a connection");
    }
    connection->fd = fd;
    connection->since = (int64_t)time(NULL);
    connection->adopted_ms = now_ms();
    INIT_LIST_HEAD(&connection->list);
    INIT_LIST_HEAD(&connection->waiting);
    pthread_mutex_lock(&lock);
    ret = admit(connection, from, is_node);
    if (ret == 0) {
        counts.open++;
    }
    pthread_mutex_unlock(&lock);
    if (ret != 0) {
        free(connection);
    }
    return ret;
}

/* It is not, or soon not, there any more. Once; called again it does nothing. */
static void
forget(struct kfsd_connection *connection)
{
    if (connection->fd < 0) {
        return;
    }
    connection->fd = -1;
    counts.open--;
    leave_handshakes(connection);
    with_address -= connection->peer != NULL;
    leave_peer(connection->peer);
    list_del_init(&connection->list);
}

void
kfsd_connection_free(struct kfsd_connection *connection)
{
    pthread_mutex_lock(&lock);
    forget(connection);
    pthread_mutex_unlock(&lock);
    free(connection);
}

void
kfsd_connection_accepted(struct kfsd_connection *connection)
{
    accepted = connection;
}

/* libgfrpc closes what it cannot serve before, or without ever, telling its server: from here on the number may be another one's. */
KFSD_EXPORT int
sys_close(int fd)
{
    if (accepted != NULL && accepted->fd == fd) {
        kfsd_connection_free(accepted);
        accepted = NULL;
    } else if (registering != NULL && registering->fd == fd) {
        pthread_mutex_lock(&lock);
        forget(registering);
        pthread_mutex_unlock(&lock);
        registering = NULL;
    }
    return close_descriptor(fd);
}

static struct kfsd_connection **
find(const rpc_transport_t *transport)
{
    struct kfsd_connection **at = &by_transport[hash(&transport, sizeof(transport))];

    while (*at != NULL && (*at)->transport != transport) {
        at = &(*at)->next;
    }
    return at;
}

static void
take_in(rpc_transport_t *transport)
{
    struct kfsd_connection **bucket;

    if (accepted == NULL) {
        return;
    }
    pthread_mutex_lock(&lock);
    accepted->transport = transport;
    bucket = &by_transport[hash(&transport, sizeof(transport))];
    accepted->next = *bucket;
    *bucket = accepted;
    list_add_tail(&accepted->list, &known);
    pthread_mutex_unlock(&lock);
    registering = accepted;
    accepted = NULL;
}

/* Its end, and the end of its transport, which nobody asks for any more. Returns the connection, where it is still there. */
static struct kfsd_connection *
let_go(const rpc_transport_t *transport, int is_destroyed)
{
    struct kfsd_connection **at;
    struct kfsd_connection *connection;

    pthread_mutex_lock(&lock);
    at = find(transport);
    connection = *at;
    if (connection != NULL) {
        forget(connection);
        if (is_destroyed) {
            *at = connection->next;
        }
    }
    pthread_mutex_unlock(&lock);
    if (connection != NULL && registering == connection) {
        registering = NULL;
    }
    if (is_destroyed) {
        free(connection);
        return NULL;
    }
    return connection;
}

struct kfsd_connection *
kfsd_connection_of(const rpc_transport_t *transport)
{
    struct kfsd_connection *connection;

    pthread_mutex_lock(&lock);
    connection = *find(transport);
    pthread_mutex_unlock(&lock);
    return connection;
}

int
kfsd_connection_has_business(struct kfsd_connection *connection)
{
    int is_open;

    pthread_mutex_lock(&lock);
    is_open = connection->fd >= 0;
    leave_handshakes(connection);
    pthread_mutex_unlock(&lock);
    return is_open;
}

void
kfsd_connection_hang_up(struct kfsd_connection *connection)
{
    pthread_mutex_lock(&lock);
    if (connection->fd >= 0) {
        hang_up(connection);
    }
    pthread_mutex_unlock(&lock);
}

/* A connection is forgotten before the server hears of its end, so that what is in the list is whole. */
static int
observe(rpcsvc_t *service, void *data, rpcsvc_event_t event, void *transport)
{
    struct kfsd_connection *ended = NULL;

    if (transport != NULL && event == RPCSVC_EVENT_ACCEPT) {
        take_in(transport);
    } else if (transport != NULL && (event == RPCSVC_EVENT_DISCONNECT || event == RPCSVC_EVENT_TRANSPORT_DESTROY)) {
        ended = let_go(transport, event == RPCSVC_EVENT_TRANSPORT_DESTROY);
    }
    if (ended != NULL) {
        kfsd_relay_end(ended);
    }
    return original_notify(service, data, event, transport);
}

KFSD_EXPORT int
rpcsvc_register_notify(rpcsvc_t *service, rpcsvc_notify_t notify, void *data)
{
    int (*original)(rpcsvc_t *, rpcsvc_notify_t, void *) = dlsym(RTLD_NEXT, "rpcsvc_register_notify");

    if (original == NULL) {
        return -1;
    }
    /* The graph has one server, and it registers once. */
    if (original_notify != NULL) {
        return original(service, notify, data);
    }
    original_notify = notify;
    return original(service, observe, data);
}

/* Whether the client is authenticated. Under a reference to the transport, or the lock. */
static int
is_let_in(const rpc_transport_t *transport)
{
    const client_t *client = transport != NULL ? transport->xl_private : NULL;

    return client != NULL && client->bound_xl != NULL && transport->clnt_options != NULL;
}

static void
note_let_in(struct kfsd_connection *connection)
{
    if (!is_let_in(connection->transport)) {
        return;
    }
    atomic_store_explicit(&connection->is_let_in, 1, memory_order_relaxed);
    pthread_mutex_lock(&lock);
    leave_handshakes(connection);
    pthread_mutex_unlock(&lock);
}

/* In place of libgfrpc's own, which comes next. During the handshake the transport is kept until it has been checked. */
static void
handle(int fd, int idx, int gen, void *data, int poll_in, int poll_out, int poll_err, char event_thread_died)
{
    struct kfsd_connection *connection = data;
    rpc_transport_t *transport;

    /* Not meant for connections; this one may be gone. */
    if (event_thread_died) {
        return;
    }
    transport = connection->transport;
    if (atomic_load_explicit(&connection->is_let_in, memory_order_relaxed)) {
        connection->handler(fd, idx, gen, transport, poll_in, poll_out, poll_err, 0);
        return;
    }
    rpc_transport_ref(transport);
    note_let_in(connection);
    reading = connection;
    connection->handler(fd, idx, gen, transport, poll_in, poll_out, poll_err, 0);
    reading = NULL;
    note_let_in(connection);
    rpc_transport_unref(transport);
}

KFSD_EXPORT int
gf_event_register(struct event_pool *pool, int fd, event_handler_t handler, void *data, int poll_in, int poll_out, char notify_poller_death)
{
    struct kfsd_connection *connection = registering;

    if (connection == NULL || connection->transport != data) {
        return register_event(pool, fd, handler, data, poll_in, poll_out, notify_poller_death);
    }
    registering = NULL;
    connection->handler = handler;
    return register_event(pool, fd, handle, connection, poll_in, poll_out, notify_poller_death);
}

KFSD_EXPORT struct iobuf *
iobuf_get2(struct iobuf_pool *pool, size_t size)
{
    if (reading != NULL && size > KFSD_HANDSHAKE_RECORD_MAX && !atomic_load_explicit(&reading->is_let_in, memory_order_relaxed) &&
        !is_let_in(reading->transport)) {
        pthread_mutex_lock(&lock);
        counts.refused_records++;
        pthread_mutex_unlock(&lock);
        errno = EMSGSIZE;
        return NULL;
    }
    return get_iobuf(pool, size);
}

int32_t
kfsd_connections_check(void)
{
    const struct {
        const char *name;
        void *here;
        void *original;
    } taken[] = {
        {"sys_close", (void *)sys_close, (void *)close_descriptor},
        {"gf_event_register", (void *)gf_event_register, (void *)register_event},
        {"iobuf_get2", (void *)iobuf_get2, (void *)get_iobuf},
        {"rpcsvc_register_notify", (void *)rpcsvc_register_notify, (void *)original_notify},
    };

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (taken[i].original == NULL || dlsym(RTLD_DEFAULT, taken[i].name) != taken[i].here) {
            return kfsd_fail(ENOTSUP, "%s is not taken from libkfsd: load libkfsd with RTLD_GLOBAL, and first", taken[i].name);
        }
    }
    return 0;
}

void
kfsd_connections_visit(void (*visit)(const struct kfsd_connection *, void *), void *data)
{
    const struct kfsd_connection *connection;

    pthread_mutex_lock(&lock);
    list_for_each_entry(connection, &known, list)
    {
        if (is_let_in(connection->transport)) {
            visit(connection, data);
        }
    }
    pthread_mutex_unlock(&lock);
}

void
kfsd_connections_limit(kfsd_context *context, const kfsd_connection_limits *wanted)
{
    (void)context;
    pthread_mutex_lock(&lock);
    limits = *wanted;
    pthread_mutex_unlock(&lock);
}

void
kfsd_connections_count(kfsd_context *context, kfsd_connection_counts *out)
{
    (void)context;
    pthread_mutex_lock(&lock);
    *out = counts;
    pthread_mutex_unlock(&lock);
}

int32_t
kfsd_connections_expire(kfsd_context *context, int64_t timeout_ms)
{
    int64_t before = now_ms() - timeout_ms;
    struct kfsd_connection *oldest;
    int32_t left;

    (void)context;
    pthread_mutex_lock(&lock);
    while (!list_empty(&handshakes)) {
        oldest = list_first_entry(&handshakes, struct kfsd_connection, waiting);
        if (oldest->adopted_ms > before) {
            break;
        }
        if (is_let_in(oldest->transport)) {
            leave_handshakes(oldest);
        } else {
            counts.closed_late++;
            hang_up(oldest);
        }
    }
    left = (int32_t)counts.handshakes;
    pthread_mutex_unlock(&lock);
    return left;
}

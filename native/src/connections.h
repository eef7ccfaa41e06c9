/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KFSD_CONNECTIONS_H
#define KFSD_CONNECTIONS_H

#include <stdatomic.h>

#include "internal.h"

#include <glusterfs/gf-event.h>
#include <glusterfs/list.h>
#include <rpc-transport.h>

/*
 * A connection of the graph's server. Lives as long as its transport once the server has heard of it; before that it is its adopter's.
 * What the lock of connections.c guards: all but handler and transport, which do not change once the transport is registered.
 */
struct kfsd_connection {
    struct list_head list;    /* of all that the server has */
    struct list_head waiting; /* of those whose client is not authenticated */
    struct kfsd_connection *next; /* in the same bucket */
    rpc_transport_t *transport;   /* NULL until the server hears of it */
    event_handler_t handler;
    struct kfsd_peer *peer; /* NULL for one without an address */
    int64_t since;          /* seconds since 1970 */
    int64_t adopted_ms;     /* monotonic */
    int fd;                 /* -1 once the connection has ended */
    atomic_int is_let_in;
    struct kfsd_relay *relay; /* relay.c's, under its own lock */
};

/* Counts a connection that is to be adopted, within the limits. 0 or -errno. */
int32_t kfsd_connection_new(int fd, const struct sockaddr_storage *from, int is_node, struct kfsd_connection **out);

/* Takes one back that was not adopted after all. Its descriptor stays open. */
void kfsd_connection_free(struct kfsd_connection *connection);

/* The connection of a transport that the caller has a reference to, and valid for as long; NULL for one that was not adopted. */
struct kfsd_connection *kfsd_connection_of(const rpc_transport_t *transport);

/* Whether a connection is open. From here on it may stay without a client that is authenticated: it has come for something else. */
int kfsd_connection_has_business(struct kfsd_connection *connection);

/* Has libgfrpc find a connection's end by itself, on the thread that reads it: told from another one it frees what that one uses (TLS). */
void kfsd_connection_hang_up(struct kfsd_connection *connection);

/* The calling thread's accept returns this one's descriptor. */
void kfsd_connection_accepted(struct kfsd_connection *connection);

/* Calls visit for every connection whose client is authenticated, and holds up all others meanwhile. */
void kfsd_connections_visit(void (*visit)(const struct kfsd_connection *, void *), void *data);

#endif

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Volfiles for clients that are inside of TLS with the graph's server. On a unit's port nobody can tell before the handshake whether a client comes for a
 * volfile or for I/O, so that where the graph has TLS the server has all of them. What is asked of it that the managed side answers is handed to that one
 * over a pair of sockets, a pair for each such client: calls as they came, with a number of our own; back come replies, and the news that a volfile has
 * changed. Either side's end is the other's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "relay.h"
#include "reply.h"

#include <glusterfs/gf-event.h>
#include <glusterfs/list.h>
#include <protocol-common.h>

#define CALLS_MAX 16            /* of one client that are not answered yet, or whose reply has yet to leave: nobody else has as many */
#define CALL_MAX 65536          /* bytes of a call's arguments */
#define RECORD_MAX (16 << 20)   /* bytes of what comes back: a volfile has 1 MiB at most */
#define LAST_FRAGMENT 0x80000000U

/* Words of a call's header without credentials, and of an accepted reply's (RFC 5531, section 9). */
#define CALL_WORDS 10
#define REPLY_WORDS 6

enum { XID, MESSAGE_TYPE, REPLY_STATUS, VERIFIER_FLAVOR, VERIFIER_LENGTH, ACCEPT_STATUS };

struct call {
    rpcsvc_request_t *request; /* NULL once it is answered */
    struct iobref *reply;      /* what it was answered with: nobody else's any more once that has left */
    uint32_t xid;
};

struct kfsd_relay {
    struct list_head untaken; /* in the list of that name as long as nobody has the other end */
    rpc_transport_t *transport; /* with a reference */
    struct kfsd_connection *connection; /* as long as that */
    rpcsvc_t *service;
    int fd;
    int other; /* the managed side's end; -1 once it has that */
    int idx;
    uint32_t number; /* of the last call */
    struct call calls[CALLS_MAX];
    unsigned char *record; /* what has come of one, its mark included */
    size_t held;
    size_t room;
};

/*
 * Guards the list, which relay a connection has, and of each relay all but what only its reader uses: record, held, room, idx. A relay ends on its reader's
 * thread, and nowhere else.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list_head untaken = {&untaken, &untaken};

static rpcsvc_cbk_program_t callbacks = {.progname = (char *)"Gluster Callback", .prognum = GLUSTER_CBK_PROGRAM, .progver = GLUSTER_CBK_VERSION};

/* The call that a reply is for; NULL where there is none. It keeps its place until it is answered. */
static struct call *
find_call(struct kfsd_relay *relay, uint32_t xid)
{
    struct call *found = NULL;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < CALLS_MAX && found == NULL; i++) {
        found = relay->calls[i].request != NULL && relay->calls[i].xid == xid ? &relay->calls[i] : NULL;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

/* Answers with a result, or with an error where body is NULL. */
static void
answer(struct call *call, const unsigned char *body, size_t length, int error)
{
    struct iobuf *buffer = body != NULL ? iobuf_get2(kfsd_process_context->glusterfs->iobuf_pool, length > 0 ? length : 1) : NULL;
    struct iobref *reply = NULL;

    if (buffer != NULL) {
        memcpy(iobuf_ptr(buffer), body, length);
    }
    if (buffer == NULL || kfsd_reply(call->request, buffer, length, &reply) != 0) {
        kfsd_reply_error(call->request, error);
    }
    pthread_mutex_lock(&lock);
    call->reply = reply;
    call->request = NULL;
    pthread_mutex_unlock(&lock);
}

/* With the lock held. A place for one more call; NULL where all are in use. */
static struct call *
find_place(struct kfsd_relay *relay)
{
    for (int i = 0; i < CALLS_MAX; i++) {
        struct call *call = &relay->calls[i];

        if (call->request == NULL && (call->reply == NULL || GF_ATOMIC_GET(call->reply->ref) == 1)) {
            if (call->reply != NULL) {
                iobref_unref(call->reply);
                call->reply = NULL;
            }
            return call;
        }
    }
    return NULL;
}

/* A reply, or the news that a volfile has changed. 0, or -1 for what is neither. */
static int
pass_on(struct kfsd_relay *relay, const unsigned char *record, size_t length)
{
    uint32_t words[REPLY_WORDS] = {0};
    struct call *call;

    memcpy(words, record, length < sizeof(words) ? length : sizeof(words));
    if (length >= 2 * sizeof(uint32_t) && ntohl(words[MESSAGE_TYPE]) == CALL) {
        (void)rpcsvc_callback_submit(relay->service, relay->transport, &callbacks, GF_CBK_FETCHSPEC, NULL, 0, NULL);
        return 0;
    }
    call = length >= sizeof(words) ? find_call(relay, ntohl(words[XID])) : NULL;
    if (call == NULL) {
        return -1;
    }
    if (ntohl(words[REPLY_STATUS]) != MSG_ACCEPTED || ntohl(words[VERIFIER_LENGTH]) != 0 || ntohl(words[ACCEPT_STATUS]) != SUCCESS) {
        answer(call, NULL, 0, ntohl(words[ACCEPT_STATUS]) == GARBAGE_ARGS ? GARBAGE_ARGS : SYSTEM_ERR);
    } else {
        answer(call, record + sizeof(words), length - sizeof(words), SYSTEM_ERR);
    }
    return 0;
}

/* Passes on every record that has come whole. 0, or -1 where what comes makes no sense. */
static int
pass_on_whole(struct kfsd_relay *relay)
{
    size_t done = 0;
    uint32_t mark = 0;

    while (relay->held - done >= sizeof(mark)) {
        memcpy(&mark, relay->record + done, sizeof(mark));
        mark = ntohl(mark);
        if ((mark & LAST_FRAGMENT) == 0 || (mark & ~LAST_FRAGMENT) > RECORD_MAX) {
            return -1;
        }
        if (relay->held - done - sizeof(mark) < (mark & ~LAST_FRAGMENT)) {
            break;
        }
        if (pass_on(relay, relay->record + done + sizeof(mark), mark & ~LAST_FRAGMENT) != 0) {
            return -1;
        }
        done += sizeof(mark) + (mark & ~LAST_FRAGMENT);
    }
    relay->held -= done;
    memmove(relay->record, relay->record + done, relay->held);
    return 0;
}

/* Reads all that is there. 0, or -1 at the end. */
static int
read_some(struct kfsd_relay *relay)
{
    ssize_t count;

    while (1) {
        if (relay->room - relay->held < CALL_MAX) {
            unsigned char *larger = relay->room < 2 * RECORD_MAX ? realloc(relay->record, relay->room + 2 * CALL_MAX) : NULL;

            if (larger == NULL) {
                return -1;
            }
            relay->record = larger;
            relay->room += 2 * CALL_MAX;
        }
        count = recv(relay->fd, relay->record + relay->held, relay->room - relay->held, MSG_DONTWAIT);
        if (count <= 0) {
            break;
        }
        relay->held += (size_t)count;
        if (pass_on_whole(relay) != 0) {
            return -1;
        }
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        return -1;
    }
    if (relay->held == 0) {
        /* A client asks once, and then only listens. */
        free(relay->record);
        relay->record = NULL;
        relay->room = 0;
    }
    return 0;
}

static void
end(struct kfsd_relay *relay)
{
    pthread_mutex_lock(&lock);
    list_del_init(&relay->untaken);
    relay->connection->relay = NULL;
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < CALLS_MAX; i++) {
        if (relay->calls[i].request != NULL) {
            kfsd_reply_error(relay->calls[i].request, SYSTEM_ERR);
        }
        if (relay->calls[i].reply != NULL) {
            iobref_unref(relay->calls[i].reply);
        }
    }
    kfsd_connection_hang_up(relay->connection);
    (void)gf_event_unregister_close(kfsd_process_context->glusterfs->event_pool, relay->fd, relay->idx);
    if (relay->other >= 0) {
        (void)close(relay->other);
    }
    rpc_transport_unref(relay->transport);
    free(relay->record);
    free(relay);
}

static void
handle(int fd, int idx, int gen, void *data, int poll_in, int poll_out, int poll_err, char event_thread_died)
{
    struct kfsd_relay *relay = data;

    (void)poll_in;
    (void)poll_out;
    (void)poll_err;
    if (event_thread_died) {
        return;
    }
    relay->idx = idx;
    if (read_some(relay) == 0) {
        (void)gf_event_handled(kfsd_process_context->glusterfs->event_pool, fd, idx, gen);
    } else {
        end(relay);
    }
}

/* With the lock held. NULL where it cannot be. */
static struct kfsd_relay *
begin(rpcsvc_request_t *request, struct kfsd_connection *connection)
{
    struct kfsd_relay *relay = calloc(1, sizeof(*relay));
    int pair[2];

    if (relay == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        free(relay);
        return NULL;
    }
    relay->transport = rpc_transport_ref(request->trans);
    relay->connection = connection;
    relay->service = request->svc;
    relay->fd = pair[0];
    relay->other = pair[1];

    /* Its reader waits for the lock before it ends it. */
    relay->idx = gf_event_register(kfsd_process_context->glusterfs->event_pool, relay->fd, handle, relay, 1, 0, 0);
    if (relay->idx < 0) {
        (void)close(pair[0]);
        (void)close(pair[1]);
        rpc_transport_unref(relay->transport);
        free(relay);
        return NULL;
    }
    list_add_tail(&relay->untaken, &untaken);
    connection->relay = relay;
    kfsd_event_post(kfsd_process_context, KFSD_EVENT_RELAY, "%s", request->trans->peerinfo.identifier);

    /* One that has ended meanwhile is not told of again. */
    if (!kfsd_connection_has_business(connection)) {
        (void)shutdown(relay->fd, SHUT_RDWR);
    }
    return relay;
}

/* With the lock held. 0, or -1 where it cannot be asked, or the client has too much to answer already: that is its end. */
static int
ask(struct kfsd_relay *relay, rpcsvc_request_t *request, int procedure)
{
    const struct iovec *arguments = &request->msg[0];
    uint32_t header[1 + CALL_WORDS] = {
        htonl(LAST_FRAGMENT | (uint32_t)(CALL_WORDS * sizeof(uint32_t) + arguments->iov_len)), htonl(relay->number + 1), htonl(CALL), htonl(2),
        htonl(GLUSTER_HNDSK_PROGRAM), htonl(GLUSTER_HNDSK_VERSION), htonl((uint32_t)procedure)};
    struct iovec parts[] = {{.iov_base = header, .iov_len = sizeof(header)}, *arguments};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    struct call *place = find_place(relay);

    if (place == NULL || arguments->iov_len > CALL_MAX || sendmsg(relay->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)(sizeof(header) + arguments->iov_len)) {
        (void)shutdown(relay->fd, SHUT_RDWR);
        return -1;
    }
    place->request = request;
    place->xid = ++relay->number;
    return 0;
}

int
kfsd_relay(rpcsvc_request_t *request, int procedure)
{
    struct kfsd_connection *connection = kfsd_connection_of(request->trans);
    struct kfsd_relay *relay = NULL;
    int ret = -1;

    pthread_mutex_lock(&lock);
    if (connection != NULL) {
        relay = connection->relay != NULL ? connection->relay : begin(request, connection);
        ret = relay != NULL ? ask(relay, request, procedure) : -1;
    }
    pthread_mutex_unlock(&lock);
    if (ret != 0) {
        kfsd_reply_error(request, SYSTEM_ERR);
    }
    return 0;
}

void
kfsd_relay_end(struct kfsd_connection *connection)
{
    pthread_mutex_lock(&lock);
    if (connection->relay != NULL) {
        (void)shutdown(connection->relay->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&lock);
}

static void
describe(const rpc_transport_t *transport, kfsd_relay_client *out)
{
    const struct sockaddr_storage *peer = &transport->peerinfo.sockaddr;

    memset(out, 0, sizeof(*out));
    if (peer->ss_family == AF_INET) {
        const struct sockaddr_in *address = (const struct sockaddr_in *)peer;

        (void)inet_ntop(AF_INET, &address->sin_addr, out->address, sizeof(out->address));
        out->port = ntohs(address->sin_port);
    } else if (peer->ss_family == AF_INET6) {
        const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)peer;

        (void)inet_ntop(AF_INET6, &address->sin6_addr, out->address, sizeof(out->address));
        out->port = ntohs(address->sin6_port);
    }
    (void)snprintf(out->name, sizeof(out->name), "%s", transport->ssl_name != NULL ? transport->ssl_name : "");
}

int32_t
kfsd_relay_take(kfsd_context *context, kfsd_relay_client *out)
{
    struct kfsd_relay *relay;
    int32_t found;

    (void)context;
    pthread_mutex_lock(&lock);
    found = !list_empty(&untaken);
    if (found) {
        relay = list_first_entry(&untaken, struct kfsd_relay, untaken);
        list_del_init(&relay->untaken);
        describe(relay->transport, out);
        out->fd = relay->other;
        relay->other = -1;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

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

#include "connections.h"
#include "relay.h"

#include <glusterfs/gf-event.h>
#include <glusterfs/iobuf.h>
#include <glusterfs/list.h>
#include <glusterfs3-xdr.h>
#include <protocol-common.h>
#include <rpcsvc.h>
#include <xdr-generic.h>

#define WAITING_MAX 16          /* calls of one client that are not answered yet */
#define CALL_MAX 65536          /* bytes of a call's arguments */
#define RECORD_MAX (16 << 20)   /* bytes of what comes back: a volfile has 1 MiB at most */
#define LAST_FRAGMENT 0x80000000U

/* Words of a call's header without credentials, and of an accepted reply's (RFC 5531, section 9). */
#define CALL_WORDS 10
#define REPLY_WORDS 6

enum { XID, MESSAGE_TYPE, REPLY_STATUS, VERIFIER_FLAVOR, VERIFIER_LENGTH, ACCEPT_STATUS };

struct call {
    rpcsvc_request_t *request;
    uint32_t xid;
};

struct relay {
    struct list_head list;
    rpc_transport_t *transport; /* with a reference */
    rpcsvc_t *service;
    int fd;
    int other; /* the managed side's end; -1 once it has that */
    int idx;
    uint32_t calls;
    struct call waiting[WAITING_MAX];
    unsigned char *record; /* what has come of one, its mark included */
    size_t held;
    size_t room;
};

/* Guards the list, and of each relay all but what only its reader uses: record, held, room, idx. A relay ends on its reader's thread, and nowhere else. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list_head relays = {&relays, &relays};

static rpcsvc_cbk_program_t callbacks = {.progname = (char *)"Gluster Callback", .prognum = GLUSTER_CBK_PROGRAM, .progver = GLUSTER_CBK_VERSION};

static struct relay *
find(const rpc_transport_t *transport)
{
    struct relay *relay;

    list_for_each_entry(relay, &relays, list)
    {
        if (relay->transport == transport) {
            return relay;
        }
    }
    return NULL;
}

/* Takes the call out that a reply is for; any, for xid 0. NULL where there is none. */
static rpcsvc_request_t *
take_waiting(struct relay *relay, uint32_t xid)
{
    rpcsvc_request_t *request = NULL;

    pthread_mutex_lock(&lock);
    for (int i = 0; i < WAITING_MAX && request == NULL; i++) {
        if (relay->waiting[i].request != NULL && (xid == 0 || relay->waiting[i].xid == xid)) {
            request = relay->waiting[i].request;
            relay->waiting[i].request = NULL;
        }
    }
    pthread_mutex_unlock(&lock);
    return request;
}

/* As rpcsvc_error_reply() does, which libgfrpc keeps to itself. */
static int
refuse(rpcsvc_request_t *request, int error)
{
    struct iovec nothing = {0};

    request->rpc_err = error;
    return rpcsvc_submit_generic(request, &nothing, 0, NULL, 0, NULL);
}

static int
answer(rpcsvc_request_t *request, const unsigned char *body, size_t length)
{
    struct iobuf *buffer = iobuf_get2(kfsd_process_context->glusterfs->iobuf_pool, length > 0 ? length : 1);
    struct iobref *reference = iobref_new();
    struct iovec bytes = {0};
    int ret = -1;

    if (buffer != NULL && reference != NULL) {
        (void)iobref_add(reference, buffer);
        iobuf_to_iovec(buffer, &bytes);
        bytes.iov_len = length;
        memcpy(bytes.iov_base, body, length);
        ret = rpcsvc_submit_generic(request, &bytes, 1, NULL, 0, reference);
    } else {
        ret = refuse(request, SYSTEM_ERR);
    }
    if (buffer != NULL) {
        iobuf_unref(buffer);
    }
    if (reference != NULL) {
        iobref_unref(reference);
    }
    return ret;
}

/* A reply, or the news that a volfile has changed. 0, or -1 for what is neither. */
static int
pass_on(struct relay *relay, const unsigned char *record, size_t length)
{
    uint32_t words[REPLY_WORDS] = {0};
    rpcsvc_request_t *request;

    memcpy(words, record, length < sizeof(words) ? length : sizeof(words));
    if (length >= 2 * sizeof(uint32_t) && ntohl(words[MESSAGE_TYPE]) == CALL) {
        (void)rpcsvc_callback_submit(relay->service, relay->transport, &callbacks, GF_CBK_FETCHSPEC, NULL, 0, NULL);
        return 0;
    }
    request = length >= sizeof(words) && words[XID] != 0 ? take_waiting(relay, ntohl(words[XID])) : NULL;
    if (request == NULL) {
        return -1;
    }
    if (ntohl(words[REPLY_STATUS]) != MSG_ACCEPTED || ntohl(words[VERIFIER_LENGTH]) != 0 || ntohl(words[ACCEPT_STATUS]) != SUCCESS) {
        (void)refuse(request, ntohl(words[ACCEPT_STATUS]) == GARBAGE_ARGS ? GARBAGE_ARGS : SYSTEM_ERR);
    } else {
        (void)answer(request, record + sizeof(words), length - sizeof(words));
    }
    return 0;
}

/* Passes on every record that has come whole. 0, or -1 where what comes makes no sense. */
static int
pass_on_whole(struct relay *relay)
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
read_some(struct relay *relay)
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
            return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
        }
        relay->held += (size_t)count;
        if (pass_on_whole(relay) != 0) {
            return -1;
        }
    }
}

static void
end(struct relay *relay)
{
    rpcsvc_request_t *request;

    pthread_mutex_lock(&lock);
    list_del_init(&relay->list);
    pthread_mutex_unlock(&lock);
    while ((request = take_waiting(relay, 0)) != NULL) {
        (void)refuse(request, SYSTEM_ERR);
    }
    kfsd_connection_hang_up(relay->transport);
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
    struct relay *relay = data;

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
static struct relay *
begin(rpcsvc_request_t *request)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    int pair[2];

    if (relay == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        free(relay);
        return NULL;
    }
    relay->transport = rpc_transport_ref(request->trans);
    relay->service = request->svc;
    relay->fd = pair[0];
    relay->other = pair[1];
    list_add_tail(&relay->list, &relays);

    /* Its reader waits for the lock before it ends it. */
    relay->idx = gf_event_register(kfsd_process_context->glusterfs->event_pool, relay->fd, handle, relay, 1, 0, 0);
    if (relay->idx < 0) {
        list_del_init(&relay->list);
        (void)close(pair[0]);
        (void)close(pair[1]);
        rpc_transport_unref(relay->transport);
        free(relay);
        return NULL;
    }

    /* One that has ended meanwhile is not told of again. */
    if (!kfsd_connection_has_business(request->trans)) {
        (void)shutdown(relay->fd, SHUT_RDWR);
    }
    return relay;
}

/* With the lock held. 0, or -1 where too much waits already. */
static int
ask(struct relay *relay, rpcsvc_request_t *request, int procedure)
{
    const struct iovec *arguments = &request->msg[0];
    uint32_t header[1 + CALL_WORDS] = {
        htonl(LAST_FRAGMENT | (uint32_t)(CALL_WORDS * sizeof(uint32_t) + arguments->iov_len)), 0, htonl(CALL), htonl(2), htonl(GLUSTER_HNDSK_PROGRAM),
        htonl(GLUSTER_HNDSK_VERSION), htonl((uint32_t)procedure)};
    struct iovec parts[] = {{.iov_base = header, .iov_len = sizeof(header)}, *arguments};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    int place = 0;

    while (place < WAITING_MAX && relay->waiting[place].request != NULL) {
        place++;
    }
    if (place == WAITING_MAX || arguments->iov_len > CALL_MAX) {
        return -1;
    }
    relay->calls = relay->calls == UINT32_MAX ? 1 : relay->calls + 1;
    header[1] = htonl(relay->calls);
    if (sendmsg(relay->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)(sizeof(header) + arguments->iov_len)) {
        (void)shutdown(relay->fd, SHUT_RDWR);
        return -1;
    }
    relay->waiting[place] = (struct call){.request = request, .xid = relay->calls};
    return 0;
}

int
kfsd_relay(rpcsvc_request_t *request, int procedure)
{
    const rpc_transport_t *transport = request->trans; /* the request may be answered, and gone, once it has been handed on */
    struct relay *relay;
    int is_new;
    int ret;

    pthread_mutex_lock(&lock);
    relay = find(request->trans);
    is_new = relay == NULL;
    relay = is_new ? begin(request) : relay;
    ret = relay != NULL ? ask(relay, request, procedure) : -1;
    pthread_mutex_unlock(&lock);
    if (is_new) {
        kfsd_event_post(kfsd_process_context, KFSD_EVENT_RELAY, "%s", transport->peerinfo.identifier);
    }
    if (ret != 0) {
        /* Whether the refusal could be sent or not, the request is gone: libgfrpc must not hear that it was not. */
        (void)refuse(request, SYSTEM_ERR);
    }
    return 0;
}

void
kfsd_relay_end(const rpc_transport_t *transport)
{
    const struct relay *relay;

    pthread_mutex_lock(&lock);
    relay = find(transport);
    if (relay != NULL) {
        (void)shutdown(relay->fd, SHUT_RDWR);
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
    struct relay *relay;
    int32_t found = 0;

    (void)context;
    pthread_mutex_lock(&lock);
    list_for_each_entry(relay, &relays, list)
    {
        if (relay->other >= 0) {
            describe(relay->transport, out);
            out->fd = relay->other;
            relay->other = -1;
            found = 1;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    return found;
}

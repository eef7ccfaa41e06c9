/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who is connected to the graph's server. The server keeps that to itself, but tells rpcsvc what to call when a connection comes and
 * goes, through rpcsvc_register_notify(), an exported function of libgfrpc. The one defined here comes first in symbol lookup,
 * as sys_accept() does, and sits in between.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"

#include <glusterfs/client_t.h>
#include <rpcsvc.h>

struct connection {
    struct list_head list;
    rpc_transport_t *transport;
    int64_t since;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list_head connections = {&connections, &connections};
static rpcsvc_notify_t server_notify;

static void
remember(rpc_transport_t *transport)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    /* Without memory the connection is served all the same, and only not shown. */
    if (connection == NULL) {
        return;
    }
    connection->transport = transport;
    connection->since = (int64_t)time(NULL);
    pthread_mutex_lock(&lock);
    list_add_tail(&connection->list, &connections);
    pthread_mutex_unlock(&lock);
}

static void
forget(const rpc_transport_t *transport)
{
    struct connection *connection;
    struct connection *next;

    pthread_mutex_lock(&lock);
    list_for_each_entry_safe(connection, next, &connections, list)
    {
        if (connection->transport == transport) {
            list_del(&connection->list);
            free(connection);
        }
    }
    pthread_mutex_unlock(&lock);
}

/* A connection is forgotten before the server hears of its end, so that what is in the list is whole. */
static int
observe(rpcsvc_t *service, void *data, rpcsvc_event_t event, void *transport)
{
    if (transport != NULL && event == RPCSVC_EVENT_ACCEPT) {
        remember(transport);
    } else if (transport != NULL && (event == RPCSVC_EVENT_DISCONNECT || event == RPCSVC_EVENT_TRANSPORT_DESTROY)) {
        forget(transport);
    }
    return server_notify(service, data, event, transport);
}

KFSD_EXPORT int
rpcsvc_register_notify(rpcsvc_t *service, rpcsvc_notify_t notify, void *data)
{
    int (*original)(rpcsvc_t *, rpcsvc_notify_t, void *) = dlsym(RTLD_NEXT, "rpcsvc_register_notify");

    if (original == NULL) {
        return -1;
    }
    /* The graph has one server, and it registers once. */
    if (server_notify != NULL) {
        return original(service, notify, data);
    }
    server_notify = notify;
    return original(service, observe, data);
}

int32_t
kfsd_clients_check(void)
{
    return server_notify != NULL ? 0 : kfsd_fail(ENOTSUP, "rpcsvc_register_notify is not taken from libkfsd: load libkfsd with RTLD_GLOBAL, and first");
}

static void
copy_option(rpc_transport_t *transport, const char *key, char *out, size_t capacity)
{
    const data_t *value = dict_get(transport->clnt_options, (char *)key);

    /* As the client sent it: nothing says that it ends. */
    (void)snprintf(out, capacity, "%.*s", value != NULL ? (int)strnlen(value->data, (size_t)value->len) : 0, value != NULL ? value->data : "");
}

static void
describe(const struct connection *connection, client_t *client, kfsd_client *out)
{
    rpc_transport_t *transport = connection->transport;

    (void)snprintf(out->id, sizeof(out->id), "%s", client->client_uid);
    (void)snprintf(out->address, sizeof(out->address), "%s", transport->peerinfo.identifier);
    (void)snprintf(out->subdirectory, sizeof(out->subdirectory), "%s", client->subdir_mount != NULL ? client->subdir_mount : "");
    copy_option(transport, "process-name", out->process, sizeof(out->process));
    copy_option(transport, "client-version", out->version, sizeof(out->version));
    copy_option(transport, "volfile-key", out->volfile, sizeof(out->volfile));
    out->op_version = client->opversion;
    out->since = connection->since;
    out->bytes_read = (int64_t)transport->total_bytes_read;
    out->bytes_written = (int64_t)transport->total_bytes_write;
}

int32_t
kfsd_clients(kfsd_context *context, kfsd_client *out, int32_t capacity)
{
    const struct connection *connection;
    int32_t count = 0;

    if (context == NULL) {
        return 0;
    }
    KFSD_ENTER();
    pthread_mutex_lock(&lock);
    list_for_each_entry(connection, &connections, list)
    {
        client_t *client = connection->transport->xl_private;

        /* Not before it has been let in: the options are there then. */
        if (client == NULL || client->bound_xl == NULL || connection->transport->clnt_options == NULL) {
            continue;
        }
        if (count < capacity) {
            describe(connection, client, &out[count]);
        }
        count++;
    }
    pthread_mutex_unlock(&lock);
    KFSD_LEAVE();
    return count;
}

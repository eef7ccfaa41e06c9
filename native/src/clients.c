/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who is connected to the graph's server and is authenticated.
 */
#include <stdio.h>
#include <string.h>

#include "connections.h"

#include <glusterfs/client_t.h>

struct listing {
    kfsd_client *out;
    int32_t capacity;
    int32_t count;
};

static void
copy_option(rpc_transport_t *transport, const char *key, char *out, size_t capacity)
{
    const data_t *value = dict_get(transport->clnt_options, (char *)key);

    /* As the client sent it: nothing says that it ends. */
    (void)snprintf(out, capacity, "%.*s", value != NULL ? (int)strnlen(value->data, (size_t)value->len) : 0, value != NULL ? value->data : "");
}

static void
describe(const struct kfsd_connection *connection, kfsd_client *out)
{
    rpc_transport_t *transport = connection->transport;
    const client_t *client = transport->xl_private;

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

static void
add(const struct kfsd_connection *connection, void *data)
{
    struct listing *listing = data;

    if (listing->count < listing->capacity) {
        describe(connection, &listing->out[listing->count]);
    }
    listing->count++;
}

int32_t
kfsd_clients(kfsd_context *context, kfsd_client *out, int32_t capacity)
{
    struct listing listing = {.out = out, .capacity = capacity};

    if (context == NULL) {
        return 0;
    }
    KFSD_ENTER();
    kfsd_connections_visit(add, &listing);
    KFSD_LEAVE();
    return listing.count;
}

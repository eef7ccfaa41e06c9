/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The storage units that a graph without a server is a client of: whether each is connected.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define CLIENT "protocol/client"

/* A translator above a client, and its own notify, in front of which ours sits. */
struct observed {
    xlator_t *translator;
    event_notify_fn_t notify;
};

/* A client; in the order of the graph. */
struct unit {
    xlator_t *client;
    atomic_int is_connected;
};

static struct observed *observed;
static size_t observed_count;
static struct unit *units;
static int32_t unit_count;

static void
note(xlator_t *client, int is_connected)
{
    int32_t number = 0;

    while (units[number].client != client) {
        number++;
    }
    atomic_store(&units[number].is_connected, is_connected);
    kfsd_event_post(kfsd_process_context, is_connected ? KFSD_EVENT_CHILD_UP : KFSD_EVENT_CHILD_DOWN, "%s", client->name);
}

static int32_t
observe_notify(xlator_t *this, int32_t event, void *data, ...)
{
    struct observed *own = observed;
    void *more = NULL;
    va_list arguments;

    /* The answer to fill in, and how long a ping took: the two events that clients and managers send with more than one thing. */
    if (event == GF_EVENT_TRANSLATOR_OP || event == GF_EVENT_CHILD_PING) {
        va_start(arguments, data);
        more = va_arg(arguments, void *);
        va_end(arguments);
    } else if (data != NULL && (event == GF_EVENT_CHILD_UP || event == GF_EVENT_CHILD_DOWN) && strcmp(((xlator_t *)data)->type, CLIENT) == 0) {
        note(data, event == GF_EVENT_CHILD_UP);
    }
    while (own->translator != this) {
        own++;
    }
    return own->notify(this, event, data, more);
}

static int
is_above_client(const xlator_t *translator)
{
    const xlator_list_t *child = translator->children;

    while (child != NULL && strcmp(child->xlator->type, CLIENT) != 0) {
        child = child->next;
    }
    return child != NULL;
}

int32_t
kfsd_observe_units(glusterfs_graph_t *graph)
{
    xlator_t *translator;

    observed = calloc((size_t)graph->xl_count, sizeof(*observed));
    units = calloc((size_t)graph->xl_count, sizeof(*units));
    if (observed == NULL || units == NULL) {
        return kfsd_fail(ENOMEM, "out of memory");
    }
    for (translator = graph->first; translator != NULL; translator = translator->next) {
        if (strcmp(translator->type, "protocol/server") == 0) {
            return kfsd_fail(EINVAL, "volume %s is a server; this graph is a client's", translator->name);
        }
        if (strcmp(translator->type, CLIENT) == 0) {
            units[unit_count++].client = translator;
        }
        if (is_above_client(translator)) {
            observed[observed_count].translator = translator;
            observed[observed_count++].notify = translator->notify;
            translator->notify = observe_notify;
        }
    }
    return observed_count > 0 ? 0 : kfsd_fail(EINVAL, "the volfile has no %s with another volume above it", CLIENT);
}

int
kfsd_unit_is_connected(const xlator_t *client)
{
    int32_t number = 0;

    while (number < unit_count && units[number].client != client) {
        number++;
    }
    return number < unit_count && atomic_load(&units[number].is_connected);
}

int32_t
kfsd_units(kfsd_context *context, kfsd_unit *out, int32_t capacity)
{
    (void)context;
    for (int32_t number = 0; number < unit_count && number < capacity; number++) {
        out[number].volume = units[number].client->name;
        out[number].is_connected = atomic_load(&units[number].is_connected);
    }
    return unit_count;
}

int32_t
kfsd_find_healed_unit(const kfsd_context *context, const char *volume, xlator_t **unit)
{
    xlator_t *translator = context->graph != NULL ? context->graph->first : NULL;

    if (translator == NULL) {
        return kfsd_fail(ENODEV, "no graph is up");
    }
    while (translator != NULL && strcmp(translator->name, volume) != 0) {
        translator = translator->next;
    }
    if (translator == NULL || translator->parents == NULL || translator->parents->xlator->itable == NULL) {
        return kfsd_fail(EINVAL, "%s is no storage unit that can be healed", volume);
    }
    *unit = translator;
    THIS = translator->parents->xlator;
    return 0;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the running graph's translators say of themselves: counts and times of file operations, memory, options.
 */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <string.h>

#include <glusterfs/dict.h>
#include <glusterfs/xlator.h>

#include "internal.h"

/* info-op of io-stats that asks for its counters since the start (xlators/debug/io-stats/src/io-stats.c). */
#define IO_STATS_CUMULATIVE 3

static xlator_t *
first_translator(kfsd_context *context)
{
    return context != NULL && context->graph != NULL ? context->graph->first : NULL;
}

int32_t
kfsd_translators(kfsd_context *context, kfsd_translator *out, int32_t capacity)
{
    int32_t count = 0;
    xlator_t *translator;

    for (translator = first_translator(context); translator != NULL; translator = translator->next) {
        if (count < capacity) {
            out[count].name = translator->name;
            out[count].type = translator->type;
            out[count].can_reconfigure = translator->reconfigure != NULL;
        }
        count++;
    }
    return count;
}

const char *
kfsd_operation_name(int32_t kind)
{
    return kind > GF_FOP_NULL && kind < GF_FOP_MAXVALUE ? gf_fop_list[kind] : NULL;
}

/*
 * libglusterfs counts calls where they go to and failures where they come back to; so the server knows what failed, and what is below it
 * what was asked for. Times are the server's: io-stats, which is mostly below it, clears its own.
 */
int32_t
kfsd_operation_counts(kfsd_context *context, kfsd_operation_count *out, int32_t capacity)
{
    xlator_t *server = first_translator(context);
    xlator_t *served = server != NULL ? server->children->xlator : NULL;
    int32_t count = 0;
    int32_t kind;

    for (kind = GF_FOP_NULL + 1; served != NULL && kind < GF_FOP_MAXVALUE; kind++) {
        const gf_latency_t *times = &server->stats[kind].latencies;
        int64_t calls = GF_ATOMIC_GET(served->stats[kind].total_fop);

        if (calls == 0) {
            continue;
        }
        if (count < capacity) {
            out[count].kind = kind;
            out[count].calls = calls;
            out[count].failures = GF_ATOMIC_GET(server->stats[kind].total_fop_cbk);
            out[count].timed = (int64_t)times->count;
            out[count].nanoseconds = (int64_t)times->total;
            out[count].slowest_nanoseconds = (int64_t)times->max;
        }
        count++;
    }
    return count;
}

static int32_t
read_io_stats(xlator_t *io_stats, int64_t *bytes_read, int64_t *bytes_written)
{
    dict_t *question = dict_new();
    dict_t *answer = dict_new();
    uint64_t value = 0;
    int32_t ret = 0;

    if (question == NULL || answer == NULL || dict_set_int32(question, (char *)"info-op", IO_STATS_CUMULATIVE) != 0) {
        ret = kfsd_fail(ENOMEM, "out of memory");
    } else if (io_stats->notify(io_stats, GF_EVENT_TRANSLATOR_INFO, question, answer) != 0) {
        ret = kfsd_fail(EIO, "%s does not tell its counters", io_stats->name);
    } else {
        *bytes_read = dict_get_uint64(answer, (char *)"-1-total-read", &value) == 0 ? (int64_t)value : 0;
        *bytes_written = dict_get_uint64(answer, (char *)"-1-total-write", &value) == 0 ? (int64_t)value : 0;
    }
    if (question != NULL) {
        dict_unref(question);
    }
    if (answer != NULL) {
        dict_unref(answer);
    }
    return ret;
}

int32_t
kfsd_bytes_served(kfsd_context *context, int64_t *bytes_read, int64_t *bytes_written)
{
    xlator_t *translator = first_translator(context);
    int32_t ret = -ENOENT;

    KFSD_ENTER();
    while (translator != NULL && strcmp(translator->type, "debug/io-stats") != 0) {
        translator = translator->next;
    }
    if (translator == NULL) {
        ret = kfsd_fail(ENOENT, "the graph has no debug/io-stats, which counts bytes");
    } else {
        THIS = translator;
        ret = read_io_stats(translator, bytes_read, bytes_written);
    }
    KFSD_LEAVE();
    return ret;
}

/* Kinds of memory that a translator has named and has allocated at least once. */
static int32_t
add_memory(const xlator_t *translator, kfsd_memory *out, int32_t capacity, int32_t count)
{
    const struct mem_acct *accounts = translator->mem_acct;
    uint32_t type;

    for (type = 0; accounts != NULL && type < accounts->num_types; type++) {
        const char *name = accounts->rec[type].typestr;

        if (name == NULL) {
            continue;
        }
        if (count < capacity) {
            out[count].translator = translator->name;
            out[count].kind = name;
            out[count].allocations = GF_ATOMIC_GET(((struct mem_acct *)accounts)->rec[type].num_allocs);
        }
        count++;
    }
    return count;
}

int32_t
kfsd_memory_kinds(kfsd_context *context, kfsd_memory *out, int32_t capacity)
{
    int32_t count = 0;
    xlator_t *translator;

    for (translator = first_translator(context); translator != NULL; translator = translator->next) {
        count = add_memory(translator, out, capacity, count);
    }
    return context != NULL ? add_memory(&global_xlator, out, capacity, count) : 0;
}

int64_t
kfsd_native_memory(void)
{
    struct mallinfo2 info = mallinfo2();

    return (int64_t)(info.uordblks + info.hblkhd);
}

/* Each reconfiguration of the server lists the options of its auth modules once more. */
static int
is_listed_before(const xlator_t *translator, const volume_opt_list_t *list)
{
    volume_opt_list_t *earlier;

    list_for_each_entry(earlier, &translator->volume_options, list)
    {
        if (earlier == list) {
            return 0;
        }
        if (earlier->given_opt == list->given_opt) {
            return 1;
        }
    }
    return 0;
}

static int32_t
add_options_of(const char *translator, int can_reconfigure, const volume_option_t *option, kfsd_option *out, int32_t capacity, int32_t count)
{
    for (; option != NULL && option->key[0] != NULL; option++) {
        if (count < capacity) {
            out[count].translator = translator;
            memcpy(out[count].keys, option->key, sizeof(out[count].keys));
            out[count].type = (int32_t)option->type;
            out[count].minimum = option->min;
            out[count].maximum = option->max;
            out[count].validation = (int32_t)option->validate;
            out[count].values = (const char *const *)option->value;
            out[count].default_value = option->default_value;
            out[count].description = option->description;
            out[count].is_settable = (option->flags & OPT_FLAG_SETTABLE) != 0;
            out[count].can_reconfigure = can_reconfigure;
        }
        count++;
    }
    return count;
}

static int32_t
add_options(xlator_t *translator, kfsd_option *out, int32_t capacity, int32_t count)
{
    volume_opt_list_t *list;

    list_for_each_entry(list, &translator->volume_options, list)
    {
        if (!is_listed_before(translator, list)) {
            count = add_options_of(translator->name, translator->reconfigure != NULL, list->given_opt, out, capacity, count);
        }
    }
    return count;
}

int32_t
kfsd_options(kfsd_context *context, kfsd_option *out, int32_t capacity)
{
    int32_t count = 0;
    xlator_t *translator;

    pthread_mutex_lock(&kfsd_reconfigure_lock);
    for (translator = first_translator(context); translator != NULL; translator = translator->next) {
        count = add_options(translator, out, capacity, count);
    }
    pthread_mutex_unlock(&kfsd_reconfigure_lock);
    return count;
}

int32_t
kfsd_translator_options(const char *type, kfsd_option *out, int32_t capacity)
{
    const char *own = type != NULL ? kfsd_own_name(type) : NULL;
    char path[PATH_MAX];
    const xlator_api_t *api;
    void *object;

    if (type == NULL || strstr(type, "..") != NULL ||
        (own != NULL ? snprintf(path, sizeof(path), "%s/%s.so", kfsd_own_translator_directory(), own)
                     : snprintf(path, sizeof(path), "%s/%s%s.so", kfsd_translator_directory(), strncmp(type, "rpc-transport/", 14) == 0 ? "../" : "", type)) >=
            (int)sizeof(path)) {
        return kfsd_fail(EINVAL, "not the type of a translator");
    }
    object = dlopen(path, RTLD_LAZY);
    if (object == NULL) {
        return kfsd_fail(ENOENT, "%s", dlerror());
    }
    api = dlsym(object, "xlator_api");
    if (api == NULL) {
        /* A transport, which has its options only. */
        const volume_option_t *options = dlsym(object, "options");

        return options != NULL ? add_options_of(NULL, 0, options, out, capacity, 0) : kfsd_fail(ELIBBAD, "%s has no xlator_api", path);
    }
    return add_options_of(NULL, api->reconfigure != NULL, api->options, out, capacity, 0);
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Self-heal on demand, in a graph whose translators are a self-heal daemon's (iam-self-heal-daemon). They take orders as glusterd gives
 * them, through notify: the order's number in one dict, the answer in the other, under keys with a number that the order gives the translator.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glusterfs/dict.h>

#include "internal.h"

/* GF_SHD_OP_STATISTICS; the others are KFSD_HEAL_INDEX and KFSD_HEAL_FULL (rpc/rpc-lib/src/protocol-common.h). */
#define STATISTICS 7

#define KEY_MAX 128
#define SUFFIX_MAX 64

static int
heals(const xlator_t *translator)
{
    return strcmp(translator->type, "cluster/replicate") == 0 || strcmp(translator->type, "cluster/disperse") == 0;
}

/* The answer of one translator, whose number in it is 0; the caller's to unref. NULL, with the reason recorded, where there is none. */
static dict_t *
order(xlator_t *translator, int32_t what)
{
    dict_t *question = dict_new();
    dict_t *answer = dict_new();

    if (question == NULL || answer == NULL || dict_set_int32(question, (char *)"xl-op", what) != 0 || dict_set_int32(question, translator->name, 0) != 0) {
        (void)kfsd_fail(ENOMEM, "out of memory");
        if (answer != NULL) {
            dict_unref(answer);
        }
        answer = NULL;
    } else {
        THIS = translator;
        /* What it returns says whether any unit is healed; the answer says it of each. */
        (void)translator->notify(translator, GF_EVENT_TRANSLATOR_OP, question, answer);
        THIS = &global_xlator;
    }
    if (question != NULL) {
        dict_unref(question);
    }
    return answer;
}

static int32_t
add_starts(xlator_t *translator, dict_t *answer, kfsd_heal *out, int32_t capacity, int32_t count)
{
    /* No order is taken right after the start, nor by a group that is not up: then nothing is answered. */
    int is_taken = dict_get(answer, (char *)"0-0-status") != NULL;
    xlator_list_t *unit;
    char key[KEY_MAX];
    int number = 0;

    for (unit = translator->children; unit != NULL; unit = unit->next) {
        char *status = (char *)(kfsd_unit_is_connected(unit->xlator) ? "Its group is not up, or not all of its bricks have been tried yet" : "Brick is not connected");

        (void)snprintf(key, sizeof(key), "0-%d-status", number++);
        if (is_taken && dict_get_str(answer, key, &status) != 0) {
            continue; /* a thin arbiter */
        }
        if (count < capacity) {
            out[count].translator = translator->name;
            out[count].unit = unit->xlator->name;
            out[count].is_started = strncmp(status, "Started", 7) == 0;
            (void)snprintf(out[count].status, sizeof(out[count].status), "%s", status);
        }
        count++;
    }
    return count;
}

static int32_t
start(kfsd_context *context, int32_t what, kfsd_heal *out, int32_t capacity)
{
    int32_t count = 0;

    if (what != KFSD_HEAL_INDEX && what != KFSD_HEAL_FULL) {
        return kfsd_fail(EINVAL, "there is no heal %d", what);
    }
    if (context->graph == NULL) {
        return kfsd_fail(ENODEV, "no graph is up");
    }
    for (xlator_t *translator = context->graph->first; translator != NULL; translator = translator->next) {
        if (heals(translator)) {
            dict_t *answer = order(translator, what);
            if (answer == NULL) {
                return -ENOMEM;
            }
            count = add_starts(translator, answer, out, capacity, count);
            dict_unref(answer);
        }
    }
    return count;
}

int32_t
kfsd_heal_start(kfsd_context *context, int32_t what, kfsd_heal *out, int32_t capacity)
{
    int32_t ret;

    KFSD_ENTER();
    ret = start(context, what, out, capacity);
    KFSD_LEAVE();
    return ret;
}

static int64_t
number_in(dict_t *answer, const char *name, const char *suffix)
{
    char key[KEY_MAX];
    uint64_t value = 0;

    (void)snprintf(key, sizeof(key), "%s-%s", name, suffix);
    return dict_get_uint64(answer, key, &value) == 0 ? (int64_t)value : 0;
}

/* The translator gives times as ctime(3) writes them, or a sentence. */
static int64_t
time_in(dict_t *answer, const char *name, const char *suffix)
{
    char key[KEY_MAX];
    char *text = NULL;
    struct tm parts = {.tm_isdst = -1};

    (void)snprintf(key, sizeof(key), "%s-%s", name, suffix);
    return dict_get_str(answer, key, &text) == 0 && strptime(text, "%a %b %d %H:%M:%S %Y", &parts) != NULL ? (int64_t)mktime(&parts) : 0;
}

static void
read_crawl(dict_t *answer, const char *suffix, kfsd_heal_crawl *out)
{
    char key[KEY_MAX];
    char *type = NULL;

    (void)snprintf(key, sizeof(key), "statistics_crawl_type-%s", suffix);
    out->is_full = dict_get_str(answer, key, &type) == 0 && strcmp(type, "FULL") == 0;
    out->begun = time_in(answer, "statistics_strt_time", suffix);
    out->ended = time_in(answer, "statistics_end_time", suffix);
    out->healed = number_in(answer, "statistics_healed_cnt", suffix);
    out->split_brain = number_in(answer, "statistics_sb_cnt", suffix);
    out->failed = number_in(answer, "statistics_heal_failed_cnt", suffix);
}

static int32_t
add_crawls(xlator_t *translator, dict_t *answer, kfsd_heal_crawl *out, int32_t capacity, int32_t count)
{
    xlator_list_t *unit;
    char text[SUFFIX_MAX];
    int number = 0;

    for (unit = translator->children; unit != NULL; unit = unit->next, number++) {
        int64_t crawls;

        (void)snprintf(text, sizeof(text), "%d-count", number);
        crawls = number_in(answer, "statistics-0", text);
        for (int64_t crawl = 0; crawl < crawls; crawl++, count++) {
            if (count < capacity) {
                (void)snprintf(text, sizeof(text), "0-%d-%lld", number, (long long)crawl);
                out[count].translator = translator->name;
                out[count].unit = unit->xlator->name;
                read_crawl(answer, text, &out[count]);
            }
        }
    }
    return count;
}

static int32_t
tell_crawls(kfsd_context *context, kfsd_heal_crawl *out, int32_t capacity)
{
    int32_t count = 0;

    for (xlator_t *translator = context->graph != NULL ? context->graph->first : NULL; translator != NULL; translator = translator->next) {
        /* cluster/disperse keeps no account. */
        if (strcmp(translator->type, "cluster/replicate") == 0) {
            dict_t *answer = order(translator, STATISTICS);
            if (answer == NULL) {
                return -ENOMEM;
            }
            count = add_crawls(translator, answer, out, capacity, count);
            dict_unref(answer);
        }
    }
    return count;
}

int32_t
kfsd_heal_crawls(kfsd_context *context, kfsd_heal_crawl *out, int32_t capacity)
{
    int32_t ret;

    KFSD_ENTER();
    ret = tell_crawls(context, out, capacity);
    KFSD_LEAVE();
    return ret;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What one storage unit of a mirror has noted that others missed, told to those that did not see it. A unit that was away while a directory was recreated on another
 * accuses nobody, and is no worse for it: it is as good a source as any, but the heal does not learn from it that all names are to be compared
 * (afr_need_full_heal() in xlators/cluster/afr/src/afr-self-heal-entry.c checks the source and at those that are healed).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glusterfs/dict.h>
#include <glusterfs/syncop.h>

#include <glusterfs/syncop-utils.h> /* needs what the one before includes */

#include "internal.h"

struct counts {
    uint32_t of[KFSD_MISSED_COUNTS];
};

/* A group, what each of its units (rows) says of each (columns), and the directory that it is said of. */
struct accusations {
    xlator_t *group;
    size_t units;
    struct counts *said;
    loc_t directory;
};

static struct counts *
said(const struct accusations *accusations, size_t by, size_t of)
{
    return &accusations->said[by * accusations->units + of];
}

static int
read_row(struct accusations *accusations, size_t by, xlator_t *unit)
{
    dict_t *attributes = NULL;
    char key[KFSD_MARK_MAX];
    size_t of = 0;
    int ret = syncop_getxattr(unit, &accusations->directory, &attributes, NULL, NULL, NULL);

    for (xlator_list_t *child = accusations->group->children; ret >= 0 && attributes != NULL && child != NULL; child = child->next) {
        const data_t *value = kfsd_name_mark(accusations->group, child->xlator, key) ? dict_get(attributes, key) : NULL;

        if (value != NULL && (size_t)value->len == sizeof(struct counts)) {
            memcpy(said(accusations, by, of), value->data, sizeof(struct counts));
        }
        of++;
    }
    if (attributes != NULL) {
        dict_unref(attributes);
    }
    return ret < 0 ? kfsd_fail(-ret, "%s: getxattr: %s", unit->name, strerror(-ret)) : 0;
}

static int
is_accused(const struct accusations *accusations, size_t unit)
{
    for (size_t by = 0; by < accusations->units; by++) {
        if (said(accusations, by, unit)->of[KFSD_MISSED_ENTRIES] != 0) {
            return 1;
        }
    }
    return 0;
}

/* The most that any unit that is not accused says of that one. */
static struct counts
most_said(const struct accusations *accusations, size_t of)
{
    struct counts most = {{0}};

    for (size_t by = 0; by < accusations->units; by++) {
        for (size_t count = 0; count < KFSD_MISSED_COUNTS && !is_accused(accusations, by); count++) {
            uint32_t one = ntohl(said(accusations, by, of)->of[count]);

            most.of[count] = one > most.of[count] ? one : most.of[count];
        }
    }
    return most;
}

/* Adds what is missing: the unit may be counting on. */
static int
tell(struct accusations *accusations, xlator_t *unit, size_t by, const xlator_t *accused, size_t of)
{
    struct counts more = most_said(accusations, of);
    char key[KFSD_MARK_MAX];
    uint32_t sum = 0;
    int ret;

    for (size_t count = 0; count < KFSD_MISSED_COUNTS; count++) {
        more.of[count] -= ntohl(said(accusations, by, of)->of[count]);
        sum |= more.of[count];
    }

    /* It has no list of the names that are concerned (indices/entry-changes), and the heal would end without one: all are compared. */
    if (said(accusations, by, of)->of[KFSD_MISSED_ENTRIES] == 0 && said(accusations, by, of)->of[KFSD_MISSED_DATA] == 0 && more.of[KFSD_MISSED_DATA] == 0) {
        more.of[KFSD_MISSED_DATA] = sum != 0;
    }
    for (size_t count = 0; count < KFSD_MISSED_COUNTS; count++) {
        more.of[count] = htonl(more.of[count]);
    }
    if (sum == 0 || !kfsd_name_mark(accusations->group, accused, key)) {
        return 0;
    }
    ret = kfsd_add_to_mark(unit, &accusations->directory, GF_XATTROP_ADD_ARRAY, key, &more, sizeof(more));
    return ret == 0 ? 1 : kfsd_fail(-ret, "%s: %s", unit->name, strerror(-ret));
}

static int
tell_all(struct accusations *accusations)
{
    int told = 0;
    size_t by = 0;

    for (xlator_list_t *child = accusations->group->children; child != NULL && told >= 0; child = child->next) {
        size_t of = 0;

        for (xlator_list_t *other = accusations->group->children; other != NULL && told >= 0; other = other->next) {
            if (kfsd_holds_files(accusations->group, child) && !is_accused(accusations, by) && is_accused(accusations, of)) {
                int one = tell(accusations, child->xlator, by, other->xlator, of);

                told = one < 0 ? one : told + one;
            }
            of++;
        }
        by++;
    }
    return told;
}

static int
spread(struct accusations *accusations)
{
    size_t by = 0;
    int ret = 0;

    for (const xlator_list_t *child = accusations->group->children; child != NULL; child = child->next) {
        accusations->units++;
    }
    accusations->said = calloc(accusations->units * accusations->units, sizeof(*accusations->said));
    if (accusations->said == NULL) {
        return kfsd_fail(ENOMEM, "out of memory");
    }
    for (const xlator_list_t *child = accusations->group->children; child != NULL && ret == 0; child = child->next) {
        ret = kfsd_holds_files(accusations->group, child) ? read_row(accusations, by, child->xlator) : 0;
        by++;
    }
    ret = ret == 0 ? tell_all(accusations) : ret;
    free(accusations->said);
    return ret;
}

int32_t
kfsd_spread_marks(kfsd_context *context, const char *unit, const uint8_t *gfid)
{
    struct accusations accusations = {0};
    pid_t pid = GF_CLIENT_PID_SELF_HEALD;
    xlator_t *found = NULL;
    int32_t result;

    KFSD_ENTER();
    result = kfsd_find_healed_unit(context, unit, &found);
    if (result == 0 && strcmp(found->parents->xlator->type, "cluster/replicate") == 0) {
        accusations.group = found->parents->xlator;
        memcpy(accusations.directory.gfid, gfid, sizeof(uuid_t));
        accusations.directory.inode = inode_new(accusations.group->itable);
        syncopctx_setfspid(&pid);
        result = accusations.directory.inode != NULL ? spread(&accusations) : kfsd_fail(ENOMEM, "out of memory");
    }
    loc_wipe(&accusations.directory);
    KFSD_LEAVE();
    return result;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pending marks against a storage unit that comes back without its files, or with old ones: all other units of its mirror are told that it
 * missed everything, so that it is healed from them and nothing is ever read from it before. glusterd does this for the top of an empty
 * brick through a client of its own (trusted.replace-brick, xlators/cluster/afr/src/afr-inode-write.c); here the self-heal daemon does it,
 * which is a client of all units anyway, and also for everything below.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glusterfs/common-utils.h>
#include <glusterfs/dict.h>
#include <glusterfs/syncop.h>

#include <glusterfs/syncop-utils.h> /* needs what the one before includes */

#include "internal.h"

struct marking {
    xlator_t *group;
    xlator_t *unit;
    char key[KFSD_MARK_MAX];
    int32_t what;
    int64_t count;
};

/* Another unit of the group that is told. */
static int
is_told(const struct marking *marking, const xlator_list_t *child)
{
    return child->xlator != marking->unit && kfsd_holds_files(marking->group, child) &&
           ((marking->what & KFSD_MARK_BESIDE_LOST) == 0 || kfsd_unit_is_connected(child->xlator));
}

int
kfsd_holds_files(const xlator_t *group, const xlator_list_t *child)
{
    return child->next != NULL || dict_get(group->options, (char *)"thin-arbiter") == NULL;
}

/* By its place among its group's: that is an option; the unit's own name without it. */
int
kfsd_name_mark(const xlator_t *group, const xlator_t *unit, char key[KFSD_MARK_MAX])
{
    char *names = NULL;
    int place = 0;

    for (xlator_list_t *child = group->children; child->xlator != unit; child = child->next) {
        place++;
    }
    if (dict_get_str(group->options, (char *)"afr-pending-xattr", &names) != 0) {
        return snprintf(key, KFSD_MARK_MAX, "trusted.afr.%s", unit->name) < KFSD_MARK_MAX;
    }
    for (; place > 0 && names != NULL; place--) {
        names = strchr(names, ',');
        names = names != NULL ? names + 1 : NULL;
    }
    return names != NULL && snprintf(key, KFSD_MARK_MAX, "trusted.afr.%.*s", (int)strcspn(names, ","), names) < KFSD_MARK_MAX;
}

int
kfsd_add_to_mark(xlator_t *unit, loc_t *loc, gf_xattrop_flags_t operation, const char *key, void *numbers, size_t length)
{
    dict_t *change = dict_new();
    dict_t *answer = NULL;
    int ret = -ENOMEM;

    if (change != NULL && dict_set_static_bin(change, (char *)key, numbers, length) == 0) {
        ret = syncop_xattrop(unit, loc, operation, change, NULL, &answer, NULL);
    }
    if (answer != NULL) {
        dict_unref(answer);
    }
    if (change != NULL) {
        dict_unref(change);
    }
    return ret;
}

static int
mark_on(const struct marking *marking, xlator_t *unit, inode_t *inode, uuid_t gfid, int32_t *counts)
{
    loc_t loc = {.inode = inode};

    gf_uuid_copy(loc.gfid, gfid);
    return kfsd_add_to_mark(unit, &loc, GF_XATTROP_ADD_ARRAY, marking->key, counts, KFSD_MISSED_COUNTS * sizeof(*counts));
}

/* A directory's count of data says that all its names are to be compared, not only those that an index has (afr-self-heal-entry.c). */
static int
mark(struct marking *marking, uuid_t gfid, ia_type_t type)
{
    int32_t counts[KFSD_MISSED_COUNTS] = {0};
    inode_t *inode = __is_root_gfid(gfid) ? inode_ref(marking->group->itable->root) : inode_new(marking->group->itable);
    int ret = inode == NULL ? -ENOMEM : 0;

    counts[KFSD_MISSED_DATA] = htonl(IA_ISREG(type) || IA_ISDIR(type));
    counts[KFSD_MISSED_METADATA] = htonl(1);
    counts[KFSD_MISSED_ENTRIES] = htonl(IA_ISDIR(type));
    for (xlator_list_t *child = marking->group->children; child != NULL && ret == 0; child = child->next) {
        if (is_told(marking, child)) {
            ret = mark_on(marking, child->xlator, inode, gfid, counts);

            /* It was removed meanwhile, or this unit is itself without it. */
            ret = ret == -ENOENT || ret == -ESTALE ? 0 : ret;
        }
    }
    if (inode != NULL) {
        inode_unref(inode);
    }
    marking->count += ret == 0;
    return ret;
}

static int
mark_entry(xlator_t *unit, gf_dirent_t *entry, loc_t *parent, void *data)
{
    (void)unit;
    (void)parent;
    return gf_uuid_is_null(entry->d_stat.ia_gfid) ? 0 : mark(data, entry->d_stat.ia_gfid, entry->d_stat.ia_type);
}

/* What only one of the units has is marked as well: all are walked through, which finds most files marked already and adds to it. */
static int
mark_everything(struct marking *marking)
{
    loc_t root = {.inode = marking->group->itable->root};
    int ret = 0;

    gf_uuid_copy(root.gfid, root.inode->gfid);
    for (xlator_list_t *child = marking->group->children; child != NULL && ret == 0; child = child->next) {
        if (is_told(marking, child)) {
            marking->count = 1;
            ret = syncop_ftw(child->xlator, &root, GF_CLIENT_PID_SELF_HEALD, marking, mark_entry);
        }
    }
    return ret;
}

static int
find(kfsd_context *context, const char *unit, struct marking *out)
{
    for (xlator_t *translator = context->graph->first; translator != NULL; translator = translator->next) {
        for (xlator_list_t *child = translator->children; child != NULL && strcmp(translator->type, "cluster/replicate") == 0; child = child->next) {
            out->group = translator;
            out->unit = child->xlator;
            if (strcmp(child->xlator->name, unit) == 0 && kfsd_holds_files(translator, child)) {
                return 1;
            }
        }
    }
    return 0;
}

/* Whether those are there that are to be told. */
static int
check_others(const struct marking *marking)
{
    const char *missing = NULL;
    int there = 0;

    for (xlator_list_t *child = marking->group->children; child != NULL; child = child->next) {
        if (child->xlator != marking->unit && !kfsd_unit_is_connected(child->xlator)) {
            missing = child->xlator->name;
        } else {
            there += is_told(marking, child);
        }
    }
    return missing == NULL || ((marking->what & KFSD_MARK_BESIDE_LOST) != 0 && there > 0) ? 0 : kfsd_fail(ENOTCONN, "%s is not connected", missing);
}

static int64_t
mark_all(kfsd_context *context, const char *unit, int32_t what)
{
    struct marking marking = {.what = what};
    pid_t pid = GF_CLIENT_PID_SELF_HEALD;
    uuid_t root = {0};
    int ret;

    if (context->graph == NULL) {
        return kfsd_fail(ENODEV, "no graph is up");
    }
    if (!find(context, unit, &marking) || !kfsd_name_mark(marking.group, marking.unit, marking.key)) {
        return kfsd_fail(ENOENT, "there is no unit %s of a mirror", unit);
    }
    if (kfsd_unit_is_connected(marking.unit)) {
        return kfsd_fail(EBUSY, "%s runs: its files are compared with the others' once it does not", unit);
    }
    ret = check_others(&marking);
    if (ret != 0) {
        return ret;
    }

    root[15] = 1;
    (void)syncopctx_setfspid(&pid);
    THIS = marking.group;
    ret = mark(&marking, root, IA_IFDIR);
    ret = ret == 0 && (what & KFSD_MARK_EVERYTHING) != 0 ? mark_everything(&marking) : ret;
    THIS = &global_xlator;
    return ret == 0 ? marking.count : kfsd_fail(-ret, "what %s missed cannot be marked: %s", unit, strerror(-ret));
}

int64_t
kfsd_heal_mark(kfsd_context *context, const char *unit, int32_t what)
{
    int64_t ret;

    KFSD_ENTER();
    ret = mark_all(context, unit, what);
    KFSD_LEAVE();
    return ret;
}

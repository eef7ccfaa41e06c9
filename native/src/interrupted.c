/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What storage units were changing when they ended, asked and told by a graph that is their client (translators/recent).
 */
#include <errno.h>
#include <string.h>

#include <glusterfs/dict.h>
#include <glusterfs/syncop.h>
#include <glusterfs/syncop-utils.h>

#include "../translators/recent/recent.h"
#include "internal.h"

/* The root of a unit, for a self-heal daemon's requests. The caller wipes it, whatever comes of it. */
static int32_t
find_root(kfsd_context *context, const char *volume, xlator_t **unit, loc_t *root)
{
    pid_t pid = GF_CLIENT_PID_SELF_HEALD;
    int32_t result = kfsd_find_healed_unit(context, volume, unit);

    if (result != 0) {
        return result;
    }
    root->inode = inode_ref((*unit)->parents->xlator->itable->root);
    gf_uuid_copy(root->gfid, root->inode->gfid);
    syncopctx_setfspid(&pid);
    return 0;
}

static int32_t
ask(xlator_t *unit, loc_t *root, uint8_t *gfids, int32_t capacity)
{
    dict_t *answer = NULL;
    const data_t *found;
    gf_boolean_t is_here = false;
    int32_t count = 0;
    int32_t result = syncop_is_subvol_local(unit, root, &is_here) == 0 ? 0 : -ENOTCONN;

    if (is_here) {
        result = syncop_getxattr(unit, root, &answer, RECENT_INTERRUPTED, NULL, NULL);
    }
    found = answer != NULL ? dict_get(answer, (char *)RECENT_INTERRUPTED) : NULL;
    if (found != NULL) {
        count = found->len / 16;
        memcpy(gfids, found->data, (size_t)(count < capacity ? count : capacity) * 16);
    }
    if (answer != NULL) {
        dict_unref(answer);
    }

    /* A unit of another program keeps no account. */
    return result >= 0 || result == -ENODATA || result == -ENOTSUP ? count : kfsd_fail(-result, "%s: %s", unit->name, strerror(-result));
}

int32_t
kfsd_interrupted(kfsd_context *context, const char *unit, uint8_t *gfids, int32_t capacity)
{
    xlator_t *translator = NULL;
    loc_t root = {0};
    int32_t result;

    KFSD_ENTER();
    result = find_root(context, unit, &translator, &root);
    if (result == 0) {
        result = ask(translator, &root, gfids, capacity);
    }
    loc_wipe(&root);
    KFSD_LEAVE();
    return result;
}

static int32_t
tell(xlator_t *unit, loc_t *root, const uint8_t *gfid)
{
    dict_t *attributes = dict_new();
    int32_t result = attributes == NULL ? -ENOMEM : dict_set_static_bin(attributes, (char *)RECENT_COMPARED, (void *)gfid, 16);

    if (result == 0) {
        result = syncop_setxattr(unit, root, attributes, 0, NULL, NULL);
    }
    if (attributes != NULL) {
        dict_unref(attributes);
    }
    return result == 0 ? 0 : kfsd_fail(-result, "%s: %s", unit->name, strerror(-result));
}

int32_t
kfsd_interrupted_compared(kfsd_context *context, const char *unit, const uint8_t *gfid)
{
    xlator_t *translator = NULL;
    loc_t root = {0};
    int32_t result;

    KFSD_ENTER();
    result = find_root(context, unit, &translator, &root);
    if (result == 0) {
        result = tell(translator, &root, gfid);
    }
    loc_wipe(&root);
    KFSD_LEAVE();
    return result;
}

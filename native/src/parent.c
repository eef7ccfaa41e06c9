/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The directory that a storage unit has a directory in, asked by a graph that is its client: where a directory is on some units only, that is the one whose copies differ.
 */
#include <errno.h>
#include <string.h>

#include <glusterfs/dict.h>
#include <glusterfs/syncop.h>
#include <glusterfs/syncop-utils.h>

#include "internal.h"

/* One name further down from parent, which is given up for what is there. */
static int
descend(xlator_t *unit, inode_table_t *table, inode_t **parent, const char *name)
{
    struct iatt attributes = {0};
    loc_t loc = {.parent = *parent, .name = name, .inode = inode_new(table)};
    inode_t *linked = NULL;
    int ret = -ENOMEM;

    if (loc.inode != NULL) {
        gf_uuid_copy(loc.pargfid, (*parent)->gfid);
        ret = syncop_lookup(unit, &loc, &attributes, NULL, NULL, NULL);
        linked = ret == 0 ? inode_link(loc.inode, NULL, NULL, &attributes) : NULL;
        inode_unref(loc.inode);
    }
    if (linked != NULL) {
        inode_unref(*parent);
        *parent = linked;
        return 0;
    }
    return ret != 0 ? ret : -ENOMEM;
}

/* The last name of the path is the directory itself. */
static int
walk(xlator_t *unit, inode_table_t *table, char *path, uint8_t *parent)
{
    inode_t *inode = inode_ref(table->root);
    char *rest = NULL;
    char *name = strtok_r(path, "/", &rest);
    int ret = name != NULL ? 0 : -ENOENT;

    for (char *next = strtok_r(NULL, "/", &rest); ret == 0 && next != NULL; next = strtok_r(NULL, "/", &rest)) {
        ret = descend(unit, table, &inode, name);
        name = next;
    }
    if (ret == 0) {
        memcpy(parent, inode->gfid, sizeof(uuid_t));
    }
    inode_unref(inode);
    return ret;
}

static int
find_parent(xlator_t *unit, inode_table_t *table, const uint8_t *gfid, uint8_t *parent)
{
    pid_t pid = GF_CLIENT_PID_SELF_HEALD;
    dict_t *attributes = NULL;
    char *path = NULL;
    loc_t directory = {.inode = inode_new(table)};
    int ret = -ENOMEM;

    memcpy(directory.gfid, gfid, sizeof(uuid_t));
    if (directory.inode != NULL) {
        syncopctx_setfspid(&pid);
        ret = syncop_getxattr(unit, &directory, &attributes, GET_ANCESTRY_PATH_KEY, NULL, NULL);
    }
    if (ret >= 0) {
        ret = attributes != NULL && dict_get_str(attributes, (char *)GET_ANCESTRY_PATH_KEY, &path) == 0 ? walk(unit, table, path, parent) : -ENOENT;
    }
    if (attributes != NULL) {
        dict_unref(attributes);
    }
    loc_wipe(&directory);
    return ret < 0 ? kfsd_fail(-ret, "%s: %s", unit->name, strerror(-ret)) : 0;
}

int32_t
kfsd_parent(kfsd_context *context, const char *unit, const uint8_t *gfid, uint8_t *parent)
{
    xlator_t *found = NULL;
    int32_t result;

    KFSD_ENTER();
    result = kfsd_find_healed_unit(context, unit, &found);
    if (result == 0) {
        result = find_parent(found, found->parents->xlator->itable, gfid, parent);
    }
    KFSD_LEAVE();
    return result;
}

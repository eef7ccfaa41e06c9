/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What single storage units have in a directory, asked by a graph that is their client: for comparing copies with each other. Asks the units past the
 * translators that make one of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glusterfs/byte-order.h>
#include <glusterfs/compat-uuid.h>
#include <glusterfs/dict.h>
#include <glusterfs/gf-dirent.h>
#include <glusterfs/syncop.h>
#include <glusterfs/syncop-utils.h>

#include "internal.h"

#define PAGE 131072 /* bytes of a directory that are asked for at once */

/* A unit, with the translator that it is a copy for. Its inodes are in that one's table. */
struct listed {
    xlator_t *unit;
    inode_table_t *table;
    loc_t directory;
};

static int32_t
find_unit(kfsd_context *context, const char *volume, struct listed *listed)
{
    int32_t result = kfsd_find_healed_unit(context, volume, &listed->unit);

    if (result == 0) {
        listed->table = listed->unit->parents->xlator->itable;
    }
    return result;
}

/* The unit's directory of that gfid. The caller wipes it, whatever comes of it. */
static int32_t
find_directory(struct listed *listed, const uint8_t *gfid)
{
    struct iatt attributes = {0};
    pid_t pid = GF_CLIENT_PID_SELF_HEALD;
    inode_t *linked;
    int32_t result;

    syncopctx_setfspid(&pid);
    memcpy(listed->directory.gfid, gfid, sizeof(uuid_t));
    listed->directory.inode = inode_new(listed->table);
    if (listed->directory.inode == NULL) {
        return kfsd_fail(ENOMEM, "out of memory");
    }
    result = syncop_lookup(listed->unit, &listed->directory, &attributes, NULL, NULL, NULL);
    if (result == 0 && attributes.ia_type != IA_IFDIR) {
        result = -ENOTDIR;
    }
    if (result != 0) {
        return kfsd_fail(-result, "%s: %s", listed->unit->name, strerror(-result));
    }
    linked = inode_link(listed->directory.inode, NULL, NULL, &attributes);
    inode_unref(listed->directory.inode);
    listed->directory.inode = linked;
    return linked != NULL ? 0 : kfsd_fail(ENOMEM, "out of memory");
}

static int32_t
read_page(struct listed *listed, int64_t offset, kfsd_entry *out, int32_t capacity, int64_t *next)
{
    gf_dirent_t entries;
    gf_dirent_t *entry;
    fd_t *directory = NULL;
    int32_t count = 0;
    int32_t result = syncop_dirfd(listed->unit, &listed->directory, &directory, GF_CLIENT_PID_SELF_HEALD);

    if (result != 0) {
        return kfsd_fail(-result, "%s: opendir: %s", listed->unit->name, strerror(-result));
    }
    INIT_LIST_HEAD(&entries.list);
    *next = -1;
    result = syncop_readdirp(listed->unit, directory, PAGE, offset, &entries, NULL, NULL);
    list_for_each_entry(entry, &entries.list, list)
    {
        if (count == capacity) {
            break;
        }
        *next = (int64_t)entry->d_off;
        (void)snprintf(out[count].name, sizeof(out[count].name), "%s", entry->d_name);
        memcpy(out[count].gfid, entry->d_stat.ia_gfid, sizeof(uuid_t));
        out[count].mode = st_mode_from_ia(entry->d_stat.ia_prot, entry->d_stat.ia_type);
        out[count].user = entry->d_stat.ia_uid;
        out[count].group = entry->d_stat.ia_gid;
        count++;
    }
    gf_dirent_free(&entries);
    fd_unref(directory);
    return result < 0 ? kfsd_fail(-result, "%s: readdir: %s", listed->unit->name, strerror(-result)) : count;
}

int32_t
kfsd_list(kfsd_context *context, const char *unit, const uint8_t *gfid, int64_t offset, kfsd_entry *out, int32_t capacity, int64_t *next)
{
    struct listed listed = {0};
    int32_t result;

    KFSD_ENTER();
    result = capacity > 0 ? find_unit(context, unit, &listed) : kfsd_fail(EINVAL, "no room for entries");
    if (result == 0) {
        result = find_directory(&listed, gfid);
    }
    if (result == 0) {
        result = read_page(&listed, offset, out, capacity, next);
    }
    loc_wipe(&listed.directory);
    KFSD_LEAVE();
    return result;
}

static int
is_zero(const data_t *value)
{
    uint32_t index = 0;

    while (index < value->len && value->data[index] == '\0') {
        index++;
    }
    return index == value->len;
}

/* Marks of mirrors, and the dirty flag of disperse groups: whatever is not zero is known to differ from other copies, or to be changing. */
static int
note_mark(dict_t *attributes, char *key, data_t *value, void *directory)
{
    (void)attributes;
    if ((strncmp(key, "trusted.afr.", 12) == 0 || strcmp(key, "trusted.ec.dirty") == 0) && !is_zero(value)) {
        ((kfsd_directory *)directory)->is_marked = 1;
    }
    return 0;
}

static void
note_versions(dict_t *attributes, kfsd_directory *out)
{
    const data_t *value = dict_get(attributes, (char *)"trusted.ec.version");
    uint64_t versions[2] = {0};

    if (value != NULL && (size_t)value->len <= sizeof(versions)) {
        memcpy(versions, value->data, (size_t)value->len);
    }
    out->version = (int64_t)ntoh64(versions[0]);
    out->metadata_version = (int64_t)ntoh64(versions[1]);
}

int32_t
kfsd_inspect(kfsd_context *context, const char *unit, const uint8_t *gfid, kfsd_directory *out)
{
    struct listed listed = {0};
    dict_t *attributes = NULL;
    int32_t result;

    KFSD_ENTER();
    memset(out, 0, sizeof(*out));
    result = find_unit(context, unit, &listed);
    if (result == 0) {
        result = find_directory(&listed, gfid);
    }
    if (result == 0) {
        result = syncop_getxattr(listed.unit, &listed.directory, &attributes, NULL, NULL, NULL);
        result = result < 0 ? kfsd_fail(-result, "%s: getxattr: %s", listed.unit->name, strerror(-result)) : 0;
    }
    if (result == 0 && attributes != NULL) {
        (void)dict_foreach(attributes, note_mark, out);
        note_versions(attributes, out);
    }
    if (attributes != NULL) {
        dict_unref(attributes);
    }
    loc_wipe(&listed.directory);
    KFSD_LEAVE();
    return result;
}

/*
 * A heal of cluster/disperse in a self-heal daemon checks nothing that is not marked. One unit's mark is enough: the heal takes for right what most units have.
 * Versions and dirty counts are of data or entries first, then of metadata; big endian.
 */
enum dispersed_part { DISPERSED_ENTRIES, DISPERSED_METADATA };

static int32_t
mark_dispersed(struct listed *listed, loc_t *what, enum dispersed_part part)
{
    uint64_t counts[2] = {0};

    counts[part] = hton64(1);
    return kfsd_add_to_mark(listed->unit, what, GF_XATTROP_ADD_ARRAY64, "trusted.ec.dirty", counts, sizeof(counts));
}

/* Whoever asks for this attribute is answered when all that can be healed is. */
static int32_t
heal_dispersed(loc_t *what)
{
    dict_t *answer = NULL;
    int32_t result = syncop_getxattr(THIS, what, &answer, "trusted.ec.heal", NULL, NULL);

    if (answer != NULL) {
        dict_unref(answer);
    }
    return result < 0 ? result : 0;
}

/* By its name as well: that is how a name that is missing on some is made. */
static int32_t
heal_dispersed_entry(struct listed *listed, loc_t *entry, int32_t has_other_attributes)
{
    int32_t result = has_other_attributes ? mark_dispersed(listed, entry, DISPERSED_METADATA) : 0;

    return result == 0 ? heal_dispersed(entry) : result;
}

/* A name that too few have is nothing to a look-up: it was removed while they were away, and goes by a heal of the directory. */
static int32_t
heal_dispersed_directory(struct listed *listed)
{
    int32_t result = mark_dispersed(listed, &listed->directory, DISPERSED_ENTRIES);

    return result == 0 ? heal_dispersed(&listed->directory) : result;
}

/* As a client looks up: where copies of a mirror differ, cluster/replicate makes them equal by that. */
static int32_t
look_up(loc_t *entry)
{
    struct iatt attributes = {0};
    inode_t *linked;
    int32_t result = syncop_lookup(THIS, entry, &attributes, NULL, NULL, NULL);

    if (result != 0) {
        return result;
    }
    gf_uuid_copy(entry->gfid, attributes.ia_gfid);
    linked = inode_link(entry->inode, NULL, NULL, &attributes);
    inode_unref(entry->inode);
    entry->inode = linked;
    return linked != NULL ? 0 : -ENOMEM;
}

static gf_boolean_t
is_gone(int32_t result)
{
    return result == -ENOENT || result == -ESTALE;
}

static int32_t
settle(struct listed *listed, const char *name, int32_t has_other_attributes)
{
    loc_t entry = {0};
    int32_t result;

    entry.parent = inode_ref(listed->directory.inode);
    gf_uuid_copy(entry.pargfid, listed->directory.gfid);
    entry.name = name;
    entry.inode = inode_new(listed->table);
    result = entry.inode == NULL ? -ENOMEM : look_up(&entry);
    if (strcmp(THIS->type, "cluster/disperse") == 0) {
        if (result == 0) {
            result = heal_dispersed_entry(listed, &entry, has_other_attributes);
        } else if (is_gone(result)) {
            result = heal_dispersed_directory(listed);
        }
    }
    entry.name = NULL;
    loc_wipe(&entry);
    return result < 0 && !is_gone(result) ? kfsd_fail(-result, "%s: %s", name, strerror(-result)) : 0;
}

int32_t
kfsd_settle(kfsd_context *context, const char *unit, const uint8_t *gfid, const char *name, int32_t has_other_attributes)
{
    struct listed listed = {0};
    int32_t result;

    KFSD_ENTER();
    result = find_unit(context, unit, &listed);
    if (result == 0) {
        result = find_directory(&listed, gfid);
    }
    if (result == 0) {
        result = settle(&listed, name, has_other_attributes);
    }
    loc_wipe(&listed.directory);
    KFSD_LEAVE();
    return result;
}

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * kadalu/moves: what is moved out of a directory that waits for a heal takes the doubt along.
 *
 * A unit of a mirror that was away comes back, and until it is healed a name may stand for another file there than on the other units. Clients rename
 * by name (the request has no gfid of what is moved, rpc/xdr/src/glusterfs4-xdr.x, gfx_rename_req): the rename succeeds on every unit and moves
 * different files, so that cluster/replicate marks nothing, and a directory that no heal will ever look at has unequal copies. Here each unit that
 * holds marks against another one in the directory that the name leaves (trusted.afr.*, the third count of which is of entries) writes the same mark for
 * both names that the rename changes, before it is done: a mark too many only has two names compared that are equal.
 *
 * Stands above features/index, which keeps account of what is marked. What keeps renames and lookups apart is in lookups.c; that is of use in any unit.
 */
#include <arpa/inet.h>
#include <string.h>

#include <glusterfs/defaults.h>

#include "moves.h"

#define MARKS "trusted.afr."
#define DIRTY "trusted.afr.dirty" /* against nobody: an operation goes on, or was cut off */

/* What cluster/replicate counts in one mark, in this order (afr.h, AFR_NUM_CHANGE_LOGS), big endian. */
enum { MISSED_DATA, MISSED_METADATA, MISSED_ENTRIES, COUNTS };

/* A rename that is held back while the marks of its directories are seen to. */
struct move {
    call_frame_t *frame;
    xlator_t *translator;
    loc_t old;
    loc_t new;
    dict_t *xdata;
    dict_t *marks;  /* one more missed entry for each unit that is marked; NULL where there is none */
    loc_t parent;   /* the directory that is being checked or marked */
    int directory;  /* how many of the two are marked */
};

static int32_t one_entry[COUNTS];

static void
destroy(struct move *move)
{
    loc_wipe(&move->old);
    loc_wipe(&move->new);
    loc_wipe(&move->parent);
    if (move->xdata != NULL) {
        dict_unref(move->xdata);
    }
    if (move->marks != NULL) {
        dict_unref(move->marks);
    }
    GF_FREE(move);
}

/* The rename goes on as it came. */
static void
go_on(call_frame_t *look)
{
    struct move *move = look->local;
    call_frame_t *frame = move->frame;

    look->local = NULL;
    STACK_DESTROY(look->root);
    moves_hand_on(frame, move->translator, &move->old, &move->new, move->xdata);
    destroy(move);
}

/* The directory of one of the two names, by its gfid. */
static int
turn_to(struct move *move, const loc_t *entry)
{
    loc_wipe(&move->parent);
    gf_uuid_copy(move->parent.gfid, gf_uuid_is_null(entry->parent->gfid) ? entry->pargfid : entry->parent->gfid);
    move->parent.inode = inode_ref(entry->parent);
    return gf_asprintf((char **)&move->parent.path, "<gfid:%s>", uuid_utoa(move->parent.gfid)) > 0;
}

static int32_t mark(call_frame_t *look);

static int32_t
marked(call_frame_t *look, void *cookie, xlator_t *this, int32_t result, int32_t error, dict_t *dict, dict_t *xdata)
{
    const struct move *move = look->local;

    (void)cookie;
    (void)dict;
    (void)xdata;
    if (result != 0) {
        gf_log(this->name, GF_LOG_WARNING, "%s: a name moved out of a directory that waits for a heal could not be marked: %s", move->parent.path, strerror(error));
    }
    return mark(look);
}

/* Marks the directory that the name comes to, then the one that it leaves; the name tells heals where to look (features/index keeps it). */
static int32_t
mark(call_frame_t *look)
{
    struct move *move = look->local;
    const loc_t *entry = move->directory == 0 ? &move->new : &move->old;
    xlator_t *child = FIRST_CHILD(move->translator);
    dict_t *xdata = NULL;

    if (move->directory == 2) {
        go_on(look);
        return 0;
    }
    move->directory++;
    xdata = dict_new();
    if (xdata == NULL || !turn_to(move, entry) || dict_set_dynstr_with_alloc(xdata, (char *)GF_XATTROP_ENTRY_IN_KEY, entry->name) != 0) {
        gf_log(move->translator->name, GF_LOG_WARNING, "out of memory: a name moved out of a directory that waits for a heal is not marked");
        go_on(look);
    } else {
        STACK_WIND(look, marked, child, child->fops->xattrop, &move->parent, GF_XATTROP_ADD_ARRAY, move->marks, xdata);
    }
    if (xdata != NULL) {
        dict_unref(xdata);
    }
    return 0;
}

static int
take_mark(dict_t *attributes, char *key, data_t *value, void *data)
{
    struct move *move = data;
    int32_t counts[COUNTS];

    (void)attributes;
    if (strncmp(key, MARKS, strlen(MARKS)) != 0 || strcmp(key, DIRTY) == 0 || value->len != (int)sizeof(counts)) {
        return 0;
    }
    memcpy(counts, value->data, sizeof(counts));
    if (counts[MISSED_ENTRIES] != 0) {
        move->marks = move->marks != NULL ? move->marks : dict_new();
        if (move->marks == NULL || dict_set_static_bin(move->marks, key, one_entry, sizeof(one_entry)) != 0) {
            gf_log(move->translator->name, GF_LOG_WARNING, "out of memory: a name moved out of a directory that waits for a heal is not marked");
        }
    }
    return 0;
}

static int32_t
looked(call_frame_t *look, void *cookie, xlator_t *this, int32_t result, int32_t error, dict_t *attributes, dict_t *xdata)
{
    struct move *move = look->local;

    (void)cookie;
    (void)this;
    (void)error;
    (void)xdata;
    if (result >= 0 && attributes != NULL) {
        (void)dict_foreach(attributes, take_mark, move);
    }
    if (move->marks != NULL) {
        return mark(look);
    }
    go_on(look);
    return 0;
}

/* Asks for itself, whoever the client is: the directory may be one that its user cannot read. */
static call_frame_t *
hold_back(call_frame_t *frame, xlator_t *this, loc_t *old, loc_t *new, dict_t *xdata)
{
    struct move *move = GF_CALLOC(1, sizeof(*move), gf_common_mt_char);
    call_frame_t *look = move != NULL ? copy_frame(frame) : NULL;

    if (look == NULL) {
        GF_FREE(move);
        return NULL;
    }
    look->root->uid = 0;
    look->root->gid = 0;
    look->local = move;
    move->frame = frame;
    move->translator = this;
    move->xdata = xdata != NULL ? dict_ref(xdata) : NULL;
    if (loc_copy(&move->old, old) != 0 || loc_copy(&move->new, new) != 0 || !turn_to(move, old)) {
        look->local = NULL;
        STACK_DESTROY(look->root);
        destroy(move);
        return NULL;
    }
    return look;
}

static int32_t
moves_rename(call_frame_t *frame, xlator_t *this, loc_t *old, loc_t *new, dict_t *xdata)
{
    int is_heal = frame->root->pid == GF_CLIENT_PID_SELF_HEALD;
    int is_complete = old->parent != NULL && new->parent != NULL && old->name != NULL && new->name != NULL;
    call_frame_t *look = NULL;

    if (!is_heal && is_complete && moves_has_marks(this->private)) {
        look = hold_back(frame, this, old, new, xdata);
        if (look == NULL) {
            default_rename_failure_cbk(frame, ENOMEM);
            return 0;
        }
        STACK_WIND(look, looked, FIRST_CHILD(this), FIRST_CHILD(this)->fops->getxattr, &((struct move *)look->local)->parent, NULL, NULL);
        return 0;
    }
    moves_hand_on(frame, this, old, new, xdata);
    return 0;
}

static int32_t
moves_init(xlator_t *this)
{
    gf_boolean_t has_marks = _gf_true;

    if (this->children == NULL || this->children->next != NULL) {
        gf_log(this->name, GF_LOG_ERROR, "it stands above exactly one volume");
        return -1;
    }
    one_entry[MISSED_ENTRIES] = (int32_t)htonl(1);
    GF_OPTION_INIT("marks", has_marks, bool, failed);
    this->private = moves_create(has_marks);
    return this->private != NULL ? 0 : -1;

failed:
    return -1;
}

static void
moves_fini(xlator_t *this)
{
    moves_destroy(this->private);
    this->private = NULL;
}

static struct xlator_fops fops = {
    .lookup = moves_lookup,
    .rename = moves_rename,
    .stat = moves_stat,
};

static struct xlator_cbks callbacks;

static struct volume_options options[] = {
    {.key = {"marks"},
     .type = GF_OPTION_TYPE_BOOL,
     .default_value = "on",
     .description = "Whether there are marks of a mirror, which are copied to what is moved out of a directory that has some."},
    {.key = {NULL}},
};

xlator_api_t xlator_api __attribute__((visibility("default"))) = {
    .init = moves_init,
    .fini = moves_fini,
    .op_version = {1},
    .fops = &fops,
    .cbks = &callbacks,
    .options = options,
    .identifier = "moves",
    .category = GF_MAINTAINED,
};

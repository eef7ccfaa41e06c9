/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A directory that is being renamed is found by its gfid all the same, and so is what is below it.
 *
 * storage/posix finds a directory of which only the gfid is known by a symbolic link, which says in which directory it is and what it is called
 * there. It removes the link before it renames the directory, and makes it again afterwards (posix_rename, posix-entry-ops.c). Who looks it up between
 * finds nothing; and where it was for a directory below, posix takes that one's link for a stale one, and removes it for good (posix_lookup). A
 * program that has it open gets ESTALE, and a self-heal daemon takes it for missing and makes it a second time, with the same gfid: then both have a name
 * in them for every file.
 *
 * So lookups by gfid (with stat, as which NFS servers repeat them) and renames of directories are not let through at the same time. Those of one kind are,
 * and who comes first goes first.
 */
#include <pthread.h>

#include <glusterfs/defaults.h>
#include <glusterfs/list.h>

#include "moves.h"

enum kind { LOOKUP, STAT, RENAME };

struct moves {
    int has_marks;
    pthread_mutex_t lock;
    unsigned going_on;        /* renames, or all others */
    int are_renames;
    struct list_head waiting; /* the others, the first to go first */
};

struct request {
    struct list_head place; /* among those that wait */
    enum kind kind;
    call_frame_t *frame;
    xlator_t *translator;
    loc_t loc;
    loc_t new; /* of a rename */
    dict_t *xdata;
};

struct moves *
moves_create(int has_marks)
{
    struct moves *moves = GF_CALLOC(1, sizeof(*moves), gf_common_mt_char);

    if (moves != NULL) {
        moves->has_marks = has_marks;
        (void)pthread_mutex_init(&moves->lock, NULL);
        INIT_LIST_HEAD(&moves->waiting);
    }
    return moves;
}

int
moves_has_marks(const struct moves *moves)
{
    return moves->has_marks;
}

void
moves_destroy(struct moves *moves)
{
    if (moves != NULL) {
        (void)pthread_mutex_destroy(&moves->lock);
        GF_FREE(moves);
    }
}

static void
destroy(struct request *request)
{
    loc_wipe(&request->loc);
    loc_wipe(&request->new);
    if (request->xdata != NULL) {
        dict_unref(request->xdata);
    }
    GF_FREE(request);
}

static struct request *
create(call_frame_t *frame, xlator_t *this, enum kind kind, loc_t *loc, loc_t *new, dict_t *xdata)
{
    struct request *request = GF_CALLOC(1, sizeof(*request), gf_common_mt_char);

    if (request == NULL) {
        return NULL;
    }
    if (loc_copy(&request->loc, loc) != 0 || (new != NULL && loc_copy(&request->new, new) != 0)) {
        destroy(request);
        return NULL;
    }
    INIT_LIST_HEAD(&request->place);
    request->kind = kind;
    request->frame = frame;
    request->translator = this;
    request->xdata = xdata != NULL ? dict_ref(xdata) : NULL;
    frame->local = request;
    return request;
}

static void hand_on(struct request *request);

/* Lets it through, or has it wait. */
static void
begin(struct request *request)
{
    struct moves *moves = request->translator->private;
    int may_pass = 0;

    (void)pthread_mutex_lock(&moves->lock);
    may_pass = list_empty(&moves->waiting) && (moves->going_on == 0 || moves->are_renames == (request->kind == RENAME));
    if (may_pass) {
        moves->are_renames = request->kind == RENAME;
        moves->going_on++;
    } else {
        list_add_tail(&request->place, &moves->waiting);
    }
    (void)pthread_mutex_unlock(&moves->lock);
    if (may_pass) {
        hand_on(request);
    }
}

/* Frees one that is done. After the last one those go on that have waited for it. */
static void
end(struct request *request)
{
    struct moves *moves = request->translator->private;
    struct list_head passing;
    struct request *next = NULL;
    struct request *after = NULL;

    destroy(request);
    INIT_LIST_HEAD(&passing);
    (void)pthread_mutex_lock(&moves->lock);
    moves->going_on--;
    if (moves->going_on == 0 && !list_empty(&moves->waiting)) {
        moves->are_renames = list_first_entry(&moves->waiting, struct request, place)->kind == RENAME;
        list_for_each_entry_safe(next, after, &moves->waiting, place)
        {
            if ((next->kind == RENAME) != moves->are_renames) {
                break;
            }
            list_del_init(&next->place);
            list_add_tail(&next->place, &passing);
            moves->going_on++;
        }
    }
    (void)pthread_mutex_unlock(&moves->lock);
    list_for_each_entry_safe(next, after, &passing, place)
    {
        list_del_init(&next->place);
        hand_on(next);
    }
}

static int32_t
looked_up(call_frame_t *frame, void *cookie, xlator_t *this, int32_t result, int32_t error, inode_t *inode, struct iatt *status, dict_t *xdata,
          struct iatt *parent)
{
    struct request *request = frame->local;

    (void)cookie;
    (void)this;
    frame->local = NULL;
    STACK_UNWIND_STRICT(lookup, frame, result, error, inode, status, xdata, parent);
    end(request);
    return 0;
}

static int32_t
seen(call_frame_t *frame, void *cookie, xlator_t *this, int32_t result, int32_t error, struct iatt *status, dict_t *xdata)
{
    struct request *request = frame->local;

    (void)cookie;
    (void)this;
    frame->local = NULL;
    STACK_UNWIND_STRICT(stat, frame, result, error, status, xdata);
    end(request);
    return 0;
}

static int32_t
renamed(call_frame_t *frame, void *cookie, xlator_t *this, int32_t result, int32_t error, struct iatt *status, struct iatt *before_old,
        struct iatt *after_old, struct iatt *before_new, struct iatt *after_new, dict_t *xdata)
{
    struct request *request = frame->local;

    (void)cookie;
    (void)this;
    frame->local = NULL;
    STACK_UNWIND_STRICT(rename, frame, result, error, status, before_old, after_old, before_new, after_new, xdata);
    end(request);
    return 0;
}

static void
hand_on(struct request *request)
{
    xlator_t *child = FIRST_CHILD(request->translator);

    switch (request->kind) {
        case LOOKUP:
            STACK_WIND(request->frame, looked_up, child, child->fops->lookup, &request->loc, request->xdata);
            break;
        case STAT:
            STACK_WIND(request->frame, seen, child, child->fops->stat, &request->loc, request->xdata);
            break;
        case RENAME:
            STACK_WIND(request->frame, renamed, child, child->fops->rename, &request->loc, &request->new, request->xdata);
            break;
    }
}

/* posix prefers the path that the server knew when the lookup came (MAKE_INODE_HANDLE), which may be the one before a rename. */
static int
forget_path(loc_t *loc)
{
    char *path = NULL;

    if (gf_uuid_is_null(loc->gfid) && loc->inode != NULL) {
        gf_uuid_copy(loc->gfid, loc->inode->gfid);
    }
    if (gf_uuid_is_null(loc->gfid) || __is_root_gfid(loc->gfid)) {
        return 1;
    }
    if (gf_asprintf(&path, "<gfid:%s>", uuid_utoa(loc->gfid)) < 0) {
        return 0;
    }
    GF_FREE((char *)loc->path);
    loc->path = path;
    loc->name = NULL;
    return 1;
}

/* 0 where memory is short. */
static int
begin_by_gfid(call_frame_t *frame, xlator_t *this, enum kind kind, loc_t *loc, dict_t *xdata)
{
    struct request *request = create(frame, this, kind, loc, NULL, xdata);

    if (request == NULL) {
        return 0;
    }
    if (!forget_path(&request->loc)) {
        frame->local = NULL;
        destroy(request);
        return 0;
    }
    begin(request);
    return 1;
}

int32_t
moves_lookup(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata)
{
    /* As posix decides it (posix_lookup). */
    int is_by_gfid = loc->name == NULL || gf_uuid_is_null(loc->pargfid);

    if (!is_by_gfid) {
        STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->lookup, loc, xdata);
    } else if (!begin_by_gfid(frame, this, LOOKUP, loc, xdata)) {
        default_lookup_failure_cbk(frame, ENOMEM);
    }
    return 0;
}

int32_t
moves_stat(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata)
{
    int is_directory = loc->inode != NULL && loc->inode->ia_type == IA_IFDIR && !__is_root_gfid(loc->inode->gfid);

    if (!is_directory) {
        STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->stat, loc, xdata);
    } else if (!begin_by_gfid(frame, this, STAT, loc, xdata)) {
        default_stat_failure_cbk(frame, ENOMEM);
    }
    return 0;
}

void
moves_hand_on(call_frame_t *frame, xlator_t *this, loc_t *old, loc_t *new, dict_t *xdata)
{
    xlator_t *child = FIRST_CHILD(this);
    struct request *request = NULL;

    /* A type that is not known yet may be a directory. */
    if (old->inode != NULL && old->inode->ia_type != IA_IFDIR && old->inode->ia_type != IA_INVAL) {
        STACK_WIND_TAIL(frame, child, child->fops->rename, old, new, xdata);
        return;
    }
    request = create(frame, this, RENAME, old, new, xdata);
    if (request == NULL) {
        default_rename_failure_cbk(frame, ENOMEM);
    } else {
        begin(request);
    }
}

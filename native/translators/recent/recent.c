/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * kadalu/recent: which directories a unit was changing when it ended.
 *
 * A client that changes the names in a directory tells all units of a group, and marks on those that have done it which ones have not. Where all units go
 * at the same moment, some may have done it and others not, and nobody is left to be marked: copies differ, and no heal will ever look. cluster/replicate
 * can mark a directory before each change (cluster.optimistic-change-log off), which costs two more requests for each. Here each unit keeps a note of the
 * directories that it changes, in a file that outlives its process. Those of the last minute are interrupted changes for the next run, until a
 * self-heal daemon has asked for them and has compared the copies; Heal/HealReview.cs does.
 */
#include <string.h>
#include <unistd.h>

#include <glusterfs/defaults.h>

#include "recent.h"

/* A directory of which a name is changed. What a heal changes is marked as long as it goes on. */
static void
note(call_frame_t *frame, xlator_t *this, const loc_t *entry)
{
    if (frame->root->pid == GF_CLIENT_PID_SELF_HEALD || entry->parent == NULL) {
        return;
    }
    recent_note(this, gf_uuid_is_null(entry->parent->gfid) ? entry->pargfid : entry->parent->gfid);
}

static int32_t
recent_mknod(call_frame_t *frame, xlator_t *this, loc_t *loc, mode_t mode, dev_t device, mode_t umask, dict_t *xdata)
{
    note(frame, this, loc);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->mknod, loc, mode, device, umask, xdata);
    return 0;
}

static int32_t
recent_mkdir(call_frame_t *frame, xlator_t *this, loc_t *loc, mode_t mode, mode_t umask, dict_t *xdata)
{
    note(frame, this, loc);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->mkdir, loc, mode, umask, xdata);
    return 0;
}

static int32_t
recent_create(call_frame_t *frame, xlator_t *this, loc_t *loc, int32_t flags, mode_t mode, mode_t umask, fd_t *fd, dict_t *xdata)
{
    note(frame, this, loc);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->create, loc, flags, mode, umask, fd, xdata);
    return 0;
}

static int32_t
recent_symlink(call_frame_t *frame, xlator_t *this, const char *target, loc_t *loc, mode_t umask, dict_t *xdata)
{
    note(frame, this, loc);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->symlink, target, loc, umask, xdata);
    return 0;
}

static int32_t
recent_link(call_frame_t *frame, xlator_t *this, loc_t *old, loc_t *new, dict_t *xdata)
{
    note(frame, this, new);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->link, old, new, xdata);
    return 0;
}

static int32_t
recent_rename(call_frame_t *frame, xlator_t *this, loc_t *old, loc_t *new, dict_t *xdata)
{
    note(frame, this, old);
    note(frame, this, new);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->rename, old, new, xdata);
    return 0;
}

static int32_t
recent_unlink(call_frame_t *frame, xlator_t *this, loc_t *loc, int flags, dict_t *xdata)
{
    note(frame, this, loc);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->unlink, loc, flags, xdata);
    return 0;
}

static int32_t
recent_rmdir(call_frame_t *frame, xlator_t *this, loc_t *loc, int flags, dict_t *xdata)
{
    note(frame, this, loc);
    STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->rmdir, loc, flags, xdata);
    return 0;
}

static int
is_of_a_heal(const call_frame_t *frame, loc_t *loc)
{
    return frame->root->pid == GF_CLIENT_PID_SELF_HEALD && (__is_root_gfid(loc->gfid) || (loc->inode != NULL && __is_root_gfid(loc->inode->gfid)));
}

/* An answer with the gfids, which is empty where there are none. NULL where there is no memory. */
static dict_t *
tell_interrupted(const struct recent *recent)
{
    size_t length = (size_t)recent->content->interrupted_count * 16;
    dict_t *answer = dict_new();
    unsigned char *gfids = GF_MALLOC(length + 1, gf_common_mt_char);

    if (answer == NULL || gfids == NULL) {
        goto failed;
    }
    memcpy(gfids, recent->content->interrupted, length);
    if (dict_set_bin(answer, (char *)RECENT_INTERRUPTED, gfids, length) != 0) {
        goto failed;
    }
    return answer;

failed:
    GF_FREE(gfids);
    if (answer != NULL) {
        dict_unref(answer);
    }
    return NULL;
}

static int32_t
recent_getxattr(call_frame_t *frame, xlator_t *this, loc_t *loc, const char *name, dict_t *xdata)
{
    struct recent *recent = this->private;
    dict_t *answer;

    if (name == NULL || strcmp(name, RECENT_INTERRUPTED) != 0 || !is_of_a_heal(frame, loc)) {
        STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->getxattr, loc, name, xdata);
        return 0;
    }
    pthread_mutex_lock(&recent->lock);
    answer = tell_interrupted(recent);
    pthread_mutex_unlock(&recent->lock);
    STACK_UNWIND_STRICT(getxattr, frame, answer != NULL ? 0 : -1, answer != NULL ? 0 : ENOMEM, answer, NULL);
    if (answer != NULL) {
        dict_unref(answer);
    }
    return 0;
}

static int32_t
recent_setxattr(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *attributes, int32_t flags, dict_t *xdata)
{
    const data_t *gfids = attributes != NULL ? dict_get(attributes, (char *)RECENT_COMPARED) : NULL;

    if (gfids != NULL && !is_of_a_heal(frame, loc)) {
        STACK_UNWIND_STRICT(setxattr, frame, -1, EPERM, NULL);
        return 0;
    }
    if (gfids == NULL) {
        STACK_WIND_TAIL(frame, FIRST_CHILD(this), FIRST_CHILD(this)->fops->setxattr, loc, attributes, flags, xdata);
        return 0;
    }
    recent_compared(this, (const unsigned char *)gfids->data, (size_t)gfids->len / 16);
    STACK_UNWIND_STRICT(setxattr, frame, 0, 0, NULL);
    return 0;
}

static int32_t
recent_init(xlator_t *this)
{
    struct recent *recent = NULL;
    char *directory = NULL;

    if (this->children == NULL || this->children->next != NULL) {
        gf_log(this->name, GF_LOG_ERROR, "it stands above exactly one volume");
        return -1;
    }
    GF_OPTION_INIT("directory", directory, path, failed);
    recent = GF_CALLOC(1, sizeof(*recent), gf_common_mt_char);
    if (directory == NULL || recent == NULL) {
        goto failed;
    }
    recent->content = GF_CALLOC(1, sizeof(*recent->content), gf_common_mt_char);
    if (recent->content == NULL) {
        goto failed;
    }
    (void)pthread_mutex_init(&recent->lock, NULL);
    recent_open(this, recent, directory);
    this->private = recent;
    return 0;

failed:
    if (recent != NULL) {
        GF_FREE(recent->content);
    }
    GF_FREE(recent);
    return -1;
}

static void
recent_fini(xlator_t *this)
{
    struct recent *recent = this->private;

    this->private = NULL;
    if (recent != NULL) {
        if (recent->hidden >= 0) {
            (void)close(recent->hidden);
        }
        (void)pthread_mutex_destroy(&recent->lock);
        GF_FREE(recent->content);
        GF_FREE(recent);
    }
}

static struct xlator_fops fops = {
    .mknod = recent_mknod,
    .mkdir = recent_mkdir,
    .create = recent_create,
    .symlink = recent_symlink,
    .link = recent_link,
    .rename = recent_rename,
    .unlink = recent_unlink,
    .rmdir = recent_rmdir,
    .getxattr = recent_getxattr,
    .setxattr = recent_setxattr,
};

static struct xlator_cbks callbacks;

static struct volume_options options[] = {
    {.key = {"directory"}, .type = GF_OPTION_TYPE_PATH, .description = "The unit's directory: the notes are in .glusterfs/recent-changes there."},
    {.key = {NULL}},
};

xlator_api_t xlator_api __attribute__((visibility("default"))) = {
    .init = recent_init,
    .fini = recent_fini,
    .op_version = {1},
    .fops = &fops,
    .cbks = &callbacks,
    .options = options,
    .identifier = "recent",
    .category = GF_MAINTAINED,
};

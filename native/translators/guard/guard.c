/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * kadalu/guard: no request of a client is to resolve to anything outside of the unit's directory.
 *
 * storage/posix makes paths of what clients send, and the kernel follows them. A name with a slash, "..", a parent that is a symbolic link, the
 * handle of a gfid that is one: each leads out. The guard stands right above posix, where the unit's directory is known and the disk is checked;
 * and once more below the server's child, for the translators in between that make paths of names themselves. There it has no directory, and looks
 * at names only.
 *
 * Requests that pass are handed on without a frame of their own: what it costs is the call, and a system call or two where the disk is checked.
 */
#include <unistd.h>

#include "guard.h"

static int32_t
guard_init(xlator_t *this)
{
    struct guard *guard;
    char *directory = NULL;

    if (this->children == NULL || this->children->next != NULL) {
        gf_log(this->name, GF_LOG_ERROR, "it stands above exactly one volume");
        return -1;
    }
    GF_OPTION_INIT("directory", directory, path, failed);
    guard = GF_CALLOC(1, sizeof(*guard), gf_common_mt_char);
    if (guard == NULL) {
        return -1;
    }
    guard->unit = directory != NULL ? guard_open_unit(directory) : -1;
    if (directory != NULL && guard->unit < 0) {
        gf_log(this->name, GF_LOG_ERROR, "%s: %s%s", directory, strerror(-guard->unit),
               guard->unit == -ENOSYS || guard->unit == -EPERM ? ": this needs openat2(2), of Linux 5.6 and later" : "");
        GF_FREE(guard);
        return -1;
    }
    this->private = guard;
    return 0;

failed:
    return -1;
}

static void
guard_fini(xlator_t *this)
{
    struct guard *guard = this->private;

    this->private = NULL;
    if (guard != NULL && guard->unit >= 0) {
        (void)close(guard->unit);
    }
    GF_FREE(guard);
}

static struct xlator_cbks callbacks = {
    .release = guard_release,
};

static struct volume_options options[] = {
    {.key = {"directory"},
     .type = GF_OPTION_TYPE_PATH,
     .description = "The unit's directory, where the volume below is its storage/posix. Without it only names are checked."},
    {.key = {NULL}},
};

xlator_api_t xlator_api __attribute__((visibility("default"))) = {
    .init = guard_init,
    .fini = guard_fini,
    .op_version = {1},
    .fops = &guard_fops,
    .cbks = &callbacks,
    .options = options,
    .identifier = "guard",
    .category = GF_MAINTAINED,
};

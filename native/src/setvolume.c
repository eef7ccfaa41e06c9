/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is asked with the handshake program. Looks at what a client says of itself before the server does. The server takes its word for which volume and which directory it wants, and goes
 * wherever that leads: above the unit's directory, or through a symbolic link. It registers what it answers with rpcsvc_program_register(), an
 * exported function of libgfrpc, which the one defined here comes before in symbol lookup.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"
#include "relay.h"
#include "reply.h"

#include <glusterfs/compat-errno.h>
#include <glusterfs3-xdr.h>
#include <protocol-common.h>
#include <rpcsvc.h>
#include <xdr-generic.h>

#define SUBDIRECTORY "subdir-mount"
#define VOLUME "remote-subvolume"

/* Of a refusal: two numbers, and a dict with one text. */
#define REPLY_MAX (2 * KFSD_TEXT_MAX)

static rpcsvc_actor server_setvolume;
static rpcsvc_actor server_getspec;

/* What the server takes for strings that end. */
static const char *const strings[] = {VOLUME,           SUBDIRECTORY,  "process-uuid", "process-name", "volume-id",
                                      "client-version", "volfile-key", "username",     "password",     "ssl-name"};

static int
ends(const data_t *value)
{
    return value->len > 0 && memchr(value->data, '\0', (size_t)value->len) != NULL;
}

/* A path from the pool's root, as mount.glusterfs sends it. One slash at the end does no harm. */
static int
is_plain_path(const char *path)
{
    const char *name = path + 1;

    if (path[0] != '/' || strlen(path) >= PATH_MAX) {
        return 0;
    }
    while (*name != '\0') {
        size_t length = strcspn(name, "/");

        if (length == 0 || length > NAME_MAX || (length <= 2 && strncmp(name, "..", length) == 0)) {
            return 0;
        }
        name += length;
        name += *name == '/';
    }
    return 1;
}

static const char *
unit_directory(void)
{
    xlator_t *translator = kfsd_process_context->graph != NULL ? kfsd_process_context->graph->first : NULL;
    data_t *value = NULL;

    while (translator != NULL && strcmp(translator->type, "storage/posix") != 0) {
        translator = translator->next;
    }
    if (translator != NULL) {
        value = dict_get(translator->options, (char *)"directory");
    }
    return value != NULL ? value->data : NULL;
}

/* Whether it is there, without a symbolic link on the way or at its end. */
static int
is_directory(const char *path)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    const char *directory = unit_directory();
    int unit = directory != NULL ? open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    int fd;

    if (unit < 0) {
        return 0;
    }
    fd = (int)syscall(SYS_openat2, unit, path[1] != '\0' ? path + 1 : ".", &how, sizeof(how));
    (void)close(unit);
    if (fd < 0) {
        return 0;
    }
    (void)close(fd);
    return 1;
}

static int
is_posix(const char *volume)
{
    xlator_t *translator = kfsd_process_context->graph != NULL ? kfsd_process_context->graph->first : NULL;

    while (translator != NULL && strcmp(translator->name, volume) != 0) {
        translator = translator->next;
    }
    return translator != NULL && strcmp(translator->type, "storage/posix") == 0;
}

/* 0, or the errno to refuse it with; why is filled in then. */
static int
check(rpcsvc_request_t *request, dict_t *said, char *why, size_t capacity)
{
    const data_t *value;

    for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
        value = dict_get(said, (char *)strings[i]);
        if (value != NULL && !ends(value)) {
            (void)snprintf(why, capacity, "%s is no string", strings[i]);
            return EINVAL;
        }
    }
    if (dict_get(said, (char *)"ssl-name") != NULL && request->trans->ssl_name == NULL) {
        (void)snprintf(why, capacity, "only a certificate says who a client is");
        return EACCES;
    }
    value = dict_get(said, (char *)VOLUME);
    if (value != NULL && is_posix(value->data)) {
        (void)snprintf(why, capacity, "nobody is let past the guard of the unit's directory");
        return EACCES;
    }
    value = dict_get(said, (char *)SUBDIRECTORY);
    if (value == NULL) {
        return 0;
    }
    if (!is_plain_path(value->data)) {
        (void)snprintf(why, capacity, "subdirectory for mount: no path from the pool's root, without \"..\", \".\" and empty names");
        return EACCES;
    }
    if (!is_directory(value->data)) {
        (void)snprintf(why, capacity, "subdirectory for mount \"%.*s\" is not found", KFSD_TEXT_MAX / 2, value->data);
        return ENOENT;
    }
    return 0;
}

static int
reply(rpcsvc_request_t *request, gf_setvolume_rsp *answer)
{
    struct iobuf *buffer = iobuf_get2(kfsd_process_context->glusterfs->iobuf_pool, REPLY_MAX);
    struct iovec bytes = {0};
    ssize_t length;

    if (buffer == NULL) {
        return -1;
    }
    iobuf_to_iovec(buffer, &bytes);
    length = xdr_serialize_generic(bytes, answer, (xdrproc_t)xdr_gf_setvolume_rsp);
    if (length < 0) {
        iobuf_unref(buffer);
        return -1;
    }
    return kfsd_reply(request, buffer, (size_t)length, NULL);
}

static int
refuse(rpcsvc_request_t *request, int error, char *why)
{
    gf_setvolume_rsp answer = {.op_ret = -1, .op_errno = (int)gf_errno_to_error(error)};
    dict_t *dict = dict_new();
    int ret = -1;

    gf_log("kfsd", GF_LOG_WARNING, "client %s is refused: %s", request->trans->peerinfo.identifier, why);
    if (dict != NULL && dict_set_str(dict, (char *)"ERROR", why) == 0 &&
        dict_allocate_and_serialize(dict, &answer.dict.dict_val, &answer.dict.dict_len) == 0) {
        ret = reply(request, &answer);
        GF_FREE(answer.dict.dict_val);
    }
    if (dict != NULL) {
        dict_unref(dict);
    }
    return ret;
}

static int
setvolume(rpcsvc_request_t *request)
{
    gf_setvolume_req call = {{0}};
    dict_t *said = dict_new();
    char why[KFSD_TEXT_MAX];
    int error = 0;

    /* What cannot be read is the server's to answer. */
    if (said != NULL && xdr_to_generic(request->msg[0], &call, (xdrproc_t)xdr_gf_setvolume_req) >= 0 &&
        dict_unserialize(call.dict.dict_val, (int32_t)call.dict.dict_len, &said) == 0) {
        error = check(request, said, why, sizeof(why));
    }
    free(call.dict.dict_val);
    if (said != NULL) {
        dict_unref(said);
    }
    return error != 0 ? refuse(request, error, why) : server_setvolume(request);
}

/* The server itself knows no volfile but what lies in a directory of its own; what is asked in the open never comes here first. */
static int
getspec(rpcsvc_request_t *request)
{
    return request->trans->ssl_name != NULL ? kfsd_relay(request, GF_HNDSK_GETSPEC) : server_getspec(request);
}

static int
get_volume_info(rpcsvc_request_t *request)
{
    if (request->trans->ssl_name == NULL) {
        request->rpc_err = PROC_UNAVAIL;
        return RPCSVC_ACTOR_ERROR;
    }
    return kfsd_relay(request, GF_HNDSK_GET_VOLUME_INFO);
}

static void
replace_actors(rpcsvc_actor_t *actors)
{
    server_setvolume = actors[GF_HNDSK_SETVOLUME].actor;
    actors[GF_HNDSK_SETVOLUME].actor = setvolume;
    server_getspec = actors[GF_HNDSK_GETSPEC].actor;
    actors[GF_HNDSK_GETSPEC].actor = getspec;
    if (actors[GF_HNDSK_GET_VOLUME_INFO].actor == NULL) {
        actors[GF_HNDSK_GET_VOLUME_INFO] = (rpcsvc_actor_t){.procname = "GET_VOLUME_INFO", .actor = get_volume_info, .procnum = GF_HNDSK_GET_VOLUME_INFO, .op_type = DRC_NA};
    }
}

KFSD_EXPORT int
rpcsvc_program_register(rpcsvc_t *service, rpcsvc_program_t *program, gf_boolean_t add_to_head)
{
    int (*original)(rpcsvc_t *, rpcsvc_program_t *, gf_boolean_t) = dlsym(RTLD_NEXT, "rpcsvc_program_register");

    if (original == NULL) {
        return -1;
    }
    if (program->prognum == GLUSTER_HNDSK_PROGRAM && program->numactors > GF_HNDSK_GET_VOLUME_INFO && program->actors[GF_HNDSK_SETVOLUME].actor != setvolume &&
        program->actors[GF_HNDSK_GETSPEC].actor != NULL) {
        replace_actors(program->actors);
    }
    return original(service, program, add_to_head);
}

int32_t
kfsd_setvolume_check(void)
{
    return server_setvolume != NULL ? 0 : kfsd_fail(ENOTSUP, "rpcsvc_program_register is not taken from libkfsd: load libkfsd with RTLD_GLOBAL, and first");
}

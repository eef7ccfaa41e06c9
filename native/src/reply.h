/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KFSD_REPLY_H
#define KFSD_REPLY_H

#include "internal.h"

#include <glusterfs/iobuf.h>
#include <rpcsvc.h>

/*
 * Answers a request. body: its result as XDR has it, in the first length bytes; taken over, whatever comes of it. *sent, where sent is not NULL: a reference
 * of the caller's, which is the only one left once the reply has gone out or been dropped.
 * 0 when the request has been answered, or could not be because its connection has ended: it is gone either way, and an actor returns 0, since libgfrpc would
 * answer it once more. -1, without memory, when it is still there.
 */
int kfsd_reply(rpcsvc_request_t *request, struct iobuf *body, size_t length, struct iobref **sent);

/* Answers with an error of RPC itself (RFC 5531, accept_stat). The request is gone then, as above. */
void kfsd_reply_error(rpcsvc_request_t *request, int error);

#endif

/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Answers to requests of the graph's server that it does not answer itself.
 */
#include "reply.h"

int
kfsd_reply(rpcsvc_request_t *request, struct iobuf *body, size_t length, struct iobref **sent)
{
    struct iobref *reference = iobref_new();
    struct iovec bytes = {0};
    int ret = -1;

    if (reference != NULL && iobref_add(reference, body) == 0) {
        iobuf_to_iovec(body, &bytes);
        bytes.iov_len = length;
        (void)rpcsvc_submit_generic(request, &bytes, 1, NULL, 0, reference);
        ret = 0;
    }
    if (sent != NULL) {
        *sent = ret == 0 ? iobref_ref(reference) : NULL;
    }
    if (reference != NULL) {
        iobref_unref(reference);
    }
    iobuf_unref(body);
    return ret;
}

/* As rpcsvc_error_reply() does, which libgfrpc keeps to itself. */
void
kfsd_reply_error(rpcsvc_request_t *request, int error)
{
    struct iovec nothing = {0};

    request->rpc_err = error;
    (void)rpcsvc_submit_generic(request, &nothing, 0, NULL, 0, NULL);
}

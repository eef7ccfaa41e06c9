/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KFSD_RELAY_H
#define KFSD_RELAY_H

#include "internal.h"

#include <rpcsvc.h>

/* Has the managed side answer a call of the handshake program; an rpcsvc_actor's work. 0, or what libgfrpc says of the answer that it is not. */
int kfsd_relay(rpcsvc_request_t *request, int procedure);

/* The connection has ended; one of which nothing was relayed is no matter. */
void kfsd_relay_end(const rpc_transport_t *transport);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KFSD_RELAY_H
#define KFSD_RELAY_H

#include "connections.h"

#include <rpcsvc.h>

/* Has the managed side answer a call of the handshake program, or refuses it: an rpcsvc_actor's work. Returns 0. */
int kfsd_relay(rpcsvc_request_t *request, int procedure);

/* The connection has ended; one of which nothing was relayed is no matter. */
void kfsd_relay_end(struct kfsd_connection *connection);

#endif

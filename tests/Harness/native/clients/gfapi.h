/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What gfapi.c has beside client.h.
 */
#ifndef GFAPI_H
#define GFAPI_H

#include <glusterfs/api/glfs.h>

/* The connection that client_connect has made. */
glfs_t *gfapi_pool(void);

#endif

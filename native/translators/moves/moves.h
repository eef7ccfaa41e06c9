/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KADALU_MOVES_H
#define KADALU_MOVES_H

#include <glusterfs/xlator.h>

/* What goes on in one unit, and what waits. */
struct moves;

/* lookups.c */

/* Makes it, for this->private. NULL where memory is short. */
struct moves *moves_create(int has_marks);

/* Whether there are marks that renames carry along. */
int moves_has_marks(const struct moves *moves);

/* Frees it; nothing goes on any more. */
void moves_destroy(struct moves *moves);

/* Hands a rename on, when no lookup by gfid goes on where it is one of a directory. */
void moves_hand_on(call_frame_t *frame, xlator_t *this, loc_t *old, loc_t *new, dict_t *xdata);

/* A lookup; one by gfid waits for renames of directories. */
int32_t moves_lookup(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata);

/* Likewise a stat of a directory, which is always by its gfid. */
int32_t moves_stat(call_frame_t *frame, xlator_t *this, loc_t *loc, dict_t *xdata);

#endif

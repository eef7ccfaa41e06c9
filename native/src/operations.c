/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file operations that are in progress right now.
 */
#include <stdio.h>
#include <time.h>

#include "internal.h"

#include <glusterfs/client_t.h>
#include <glusterfs/stack.h>
#include <protocol-common.h>

/* The procedures whose number is not that of the operation they ask for. */
static const int kinds[GFS3_OP_MAXVALUE] = {
    [GFS3_OP_RELEASE] = GF_FOP_RELEASE,
    [GFS3_OP_RELEASEDIR] = GF_FOP_RELEASEDIR,
    [GFS3_OP_FREMOVEXATTR] = GF_FOP_FREMOVEXATTR,
    [GFS3_OP_FALLOCATE] = GF_FOP_FALLOCATE,
    [GFS3_OP_DISCARD] = GF_FOP_DISCARD,
    [GFS3_OP_ZEROFILL] = GF_FOP_ZEROFILL,
    [GFS3_OP_IPC] = GF_FOP_IPC,
    [GFS3_OP_SEEK] = GF_FOP_SEEK,
    [GFS3_OP_COMPOUND] = GF_FOP_COMPOUND,
    [GFS3_OP_LEASE] = GF_FOP_LEASE,
    [GFS3_OP_GETACTIVELK] = GF_FOP_GETACTIVELK,
    [GFS3_OP_SETACTIVELK] = GF_FOP_SETACTIVELK,
    [GFS3_OP_ICREATE] = GF_FOP_ICREATE,
    [GFS3_OP_NAMELINK] = GF_FOP_NAMELINK,
    [GFS3_OP_PUT] = GF_FOP_PUT,
    [GFS3_OP_COPY_FILE_RANGE] = GF_FOP_COPY_FILE_RANGE,
};

static int32_t
kind_of(int32_t procedure)
{
    return procedure >= 0 && procedure < GFS3_OP_MAXVALUE && kinds[procedure] != 0 ? kinds[procedure] : procedure;
}

int32_t
kfsd_procedure_of(int32_t kind)
{
    int32_t procedure;

    for (procedure = 0; procedure < GFS3_OP_MAXVALUE; procedure++) {
        if (kind_of(procedure) == kind) {
            return procedure;
        }
    }
    return GFS3_OP_NULL;
}

int64_t
kfsd_operations_in_progress(kfsd_context *context)
{
    call_pool_t *calls = context->glusterfs->pool;
    int64_t count;

    LOCK(&calls->lock);
    count = calls->cnt;
    UNLOCK(&calls->lock);
    return count;
}

/* With the pool's lock held, which keeps the stack; its own keeps its frames. */
static void
describe(call_stack_t *stack, kfsd_operation *out)
{
    out->id = (int64_t)stack->unique;
    out->kind = kind_of(stack->op);
    out->user = (int32_t)stack->uid;
    out->process = (int32_t)stack->pid;
    out->translator = NULL;
    (void)snprintf(out->client, sizeof(out->client), "%s", STACK_CLIENT_NAME(stack));

    LOCK(&stack->stack_lock);
    if (!list_empty(&stack->myframes)) {
        const call_frame_t *latest = list_first_entry(&stack->myframes, call_frame_t, frames);
        out->translator = latest->this != NULL ? latest->this->name : NULL;
    }
    UNLOCK(&stack->stack_lock);
}

int32_t
kfsd_operations(kfsd_context *context, int64_t at_least_nanoseconds, kfsd_operation *out, int32_t capacity)
{
    call_pool_t *calls = context->glusterfs->pool;
    call_stack_t *stack;
    struct timespec now;
    int32_t count = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    LOCK(&calls->lock);
    list_for_each_entry(stack, &calls->all_frames, all_frames)
    {
        int64_t age = (int64_t)(now.tv_sec - stack->tv.tv_sec) * 1000000000 + (now.tv_nsec - stack->tv.tv_nsec);

        if (stack->type != GF_OP_TYPE_FOP || age < at_least_nanoseconds) {
            continue;
        }
        if (count < capacity) {
            describe(stack, &out[count]);
            out[count].nanoseconds = age;
        }
        count++;
    }
    UNLOCK(&calls->lock);
    return count;
}

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
    const call_frame_t *frame;

    out->id = (int64_t)stack->unique;
    out->kind = stack->op;
    out->user = (int32_t)stack->uid;
    out->process = (int32_t)stack->pid;
    out->translator = NULL;
    /* What the server does for a client that is gone has no request, and may outlive the client. */
    (void)snprintf(out->client, sizeof(out->client), "%s", stack->state != NULL ? STACK_CLIENT_NAME(stack) : "-");

    LOCK(&stack->stack_lock);
    list_for_each_entry(frame, &stack->myframes, frames)
    {
        /* The newest that has not answered yet. */
        if (!frame->complete) {
            out->translator = frame->this != NULL ? frame->this->name : NULL;
            break;
        }
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

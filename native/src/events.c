/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"

int32_t
kfsd_events_init(struct kfsd_context *context)
{
    pthread_mutex_init(&context->event_lock, NULL);
    context->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (context->event_fd < 0) {
        return kfsd_fail(errno, "eventfd: %s", strerror(errno));
    }
    return 0;
}

void
kfsd_event_post(struct kfsd_context *context, int32_t kind, const char *format, ...)
{
    struct kfsd_event *event;
    va_list arguments;
    uint64_t one = 1;

    pthread_mutex_lock(&context->event_lock);
    if (context->events_count == KFSD_EVENTS) {
        context->events_lost++;
    } else {
        event = &context->events[(context->events_first + context->events_count++) % KFSD_EVENTS];
        event->kind = kind;
        va_start(arguments, format);
        (void)vsnprintf(event->text, sizeof(event->text), format, arguments);
        va_end(arguments);
    }
    pthread_mutex_unlock(&context->event_lock);

    /* EAGAIN means the counter is at its top: the reader has been woken already. */
    (void)!write(context->event_fd, &one, sizeof(one));
}

int32_t
kfsd_event_fd(kfsd_context *context)
{
    return context->event_fd;
}

int32_t
kfsd_event_next(kfsd_context *context, int32_t *kind, char *text, int32_t capacity)
{
    uint64_t posted;
    int32_t found = 1;

    if (capacity <= 0) {
        return kfsd_fail(EINVAL, "event buffer of %d bytes", capacity);
    }

    pthread_mutex_lock(&context->event_lock);
    if (context->events_lost > 0 && context->events_count == 0) {
        *kind = KFSD_EVENT_LOST;
        (void)snprintf(text, (size_t)capacity, "%llu", (unsigned long long)context->events_lost);
        context->events_lost = 0;
    } else if (context->events_count > 0) {
        struct kfsd_event *event = &context->events[context->events_first];
        *kind = event->kind;
        (void)snprintf(text, (size_t)capacity, "%s", event->text);
        context->events_first = (context->events_first + 1) % KFSD_EVENTS;
        context->events_count--;
    } else {
        (void)!read(context->event_fd, &posted, sizeof(posted));
        found = 0;
    }
    pthread_mutex_unlock(&context->event_lock);
    return found;
}

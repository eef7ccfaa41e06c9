/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KFSD_INTERNAL_H
#define KFSD_INTERNAL_H

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <glusterfs/glusterfs.h>
#include <glusterfs/globals.h>
#include <glusterfs/xlator.h>

#include "kfsd.h"

#define KFSD_EVENTS 64   /* events kept for a reader that is late; older ones are counted, not kept */
#define KFSD_ADOPTED 1024 /* sockets adopted but not yet taken, as many as libgfrpc's default backlog holds wake-ups */

struct kfsd_event {
    int32_t kind;
    char text[KFSD_TEXT_MAX];
};

/* A socket on its way to libgfrpc, with the address its accept is to report. */
struct kfsd_adopted {
    int fd;
    struct kfsd_connection *connection;
    struct sockaddr_storage peer;
    socklen_t peer_length;
};

struct kfsd_context {
    glusterfs_ctx_t *glusterfs;
    glusterfs_graph_t *graph;
    int parser_is_spoilt; /* libglusterfs's lexer keeps what was left of a text it could not parse, and goes on with it */

    /* The private listener: its address as bound, and an O_PATH descriptor that still reaches it once the file is removed. */
    struct sockaddr_un listener;
    int listener_path_fd; /* -1 where the graph has no server */
    pthread_t dispatcher;

    pthread_mutex_t adopt_lock;
    struct kfsd_adopted adopted[KFSD_ADOPTED]; /* ring */
    unsigned adopted_first;
    unsigned adopted_count;

    pthread_mutex_t event_lock;
    int event_fd;
    struct kfsd_event events[KFSD_EVENTS]; /* ring */
    unsigned events_first;
    unsigned events_count;
    uint64_t events_lost;
};

/* The process's context, NULL before there is one. The sys_accept hook has no other way to it. */
extern struct kfsd_context *kfsd_process_context;

/* Every export runs between these two, so that a thread keeps whatever THIS it came with. */
#define KFSD_ENTER()                                                                                                           \
    xlator_t *kfsd_caller_this = THIS;                                                                                         \
    THIS = &global_xlator
#define KFSD_LEAVE() THIS = kfsd_caller_this

extern xlator_t global_xlator; /* of libglusterfs; no header of its own declares it */

/* Records the calling thread's error text and returns -error, so that failures read `return kfsd_fail(EIO, "...")`. */
int32_t kfsd_fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Queues an event; never blocks for long, safe on any native thread. */
void kfsd_event_post(struct kfsd_context *context, int32_t kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define KFSD_MESSAGE_SUPPRESSED 3090 /* MSGID of the line that counts suppressed lines; src/Fsd/Logging/ has the others */

/* Writes one line to the log, whatever its level and however many there were before. */
void kfsd_log_line(int32_t level, uint64_t message_id, const char *domain, const char *file, const char *function, int32_t line, int errnum,
                   const char *text);

/* Whether lines are written as JSON, and one such line. */
int kfsd_json_is_on(void);
void kfsd_json_line(int32_t level, uint64_t message_id, const char *domain, const char *file, const char *function, int32_t line, int errnum,
                    const char *text);

/* Held while options change, and while what they change is read: paths that belong to the context, lists of options. */
extern pthread_mutex_t kfsd_reconfigure_lock;

/* 0, or -ENOTSUP where libgfrpc does not tell libkfsd of its server's connections. */
int32_t kfsd_connections_check(void);

/* 0, or -ENOTSUP where storage/posix does not open files through libkfsd. */
int32_t kfsd_descriptors_check(void);

/* The same of what it answers to SETVOLUME with. */
int32_t kfsd_setvolume_check(void);

/* NAME of a type kadalu/NAME, which is one of our own translators; NULL for others, and where NAME is no plain word. */
const char *kfsd_own_name(const char *type);

/* Has the events KFSD_EVENT_CHILD_UP and _DOWN tell of each storage unit that the graph, not yet active, is a client of. 0 or -errno. */
int32_t kfsd_observe_units(glusterfs_graph_t *graph);

/* Whether a storage unit of such a graph is connected, by its protocol/client. */
int kfsd_unit_is_connected(const xlator_t *client);

/*
 * Such a storage unit, given by the name of its protocol/client, below a translator with inodes of its own, which is THIS afterwards. 0; fails with -ENODEV when no
 * graph is up, -EINVAL for another volume.
 */
int32_t kfsd_find_healed_unit(const kfsd_context *context, const char *volume, xlator_t **unit);

/* What a mark of cluster/replicate counts, 32 bits big endian each, in this order (afr.h, AFR_NUM_CHANGE_LOGS). */
enum { KFSD_MISSED_DATA, KFSD_MISSED_METADATA, KFSD_MISSED_ENTRIES, KFSD_MISSED_COUNTS };

/* Bytes of the longest name of a mark, with its zero. */
#define KFSD_MARK_MAX 300

/* Whether that storage unit of a cluster/replicate holds files: the last one of a group with a thin arbiter is that. */
int kfsd_holds_files(const xlator_t *group, const xlator_list_t *child);

/* The attribute in which the others of its group count what a unit has missed. 0 where it has none, or a name that is too long. */
int kfsd_name_mark(const xlator_t *group, const xlator_t *unit, char key[KFSD_MARK_MAX]);

/*
 * Adds to the numbers that a unit keeps in an attribute, which features/index takes account of. operation: GF_XATTROP_ADD_ARRAY (32 bits each) or _ARRAY64.
 * numbers: big endian, length bytes. 0 or -errno.
 */
int kfsd_add_to_mark(xlator_t *unit, loc_t *loc, gf_xattrop_flags_t operation, const char *key, void *numbers, size_t length);

/* Prepares the event queue. 0 or -errno. */
int32_t kfsd_events_init(struct kfsd_context *context);

#endif

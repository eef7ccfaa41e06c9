/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * libkfsd: the one interface between a managed storage unit and GlusterFS.
 *
 * This header is the contract. Rules that hold for every function below:
 *
 * - Return value: 0 (or a count, where said) is success; a negative value is -errno. On failure kfsd_last_error() tells the
 *   same thing in words, for the calling thread.
 * - Strings are NUL-terminated UTF-8. The library copies what it keeps; the caller owns what it passes.
 * - Threads: every function may be called from any thread. Each sets libglusterfs's per-thread THIS on entry and puts the
 *   earlier one back before it returns. None calls back into the caller.
 * - One context per process: libglusterfs keeps process-wide state, and cannot be torn down and set up again.
 *
 * The library must be loaded with RTLD_NOW | RTLD_GLOBAL before any GlusterFS transport is, because it replaces
 * libglusterfs's sys_accept() by coming before it in symbol lookup (see kfsd_hook_check).
 */
#ifndef KFSD_H
#define KFSD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KFSD_EXPORT __attribute__((visibility("default")))

/* Raised by one whenever a function below changes its meaning or its parameters. */
#define KFSD_API_VERSION 10

/* Longest text of an event or an error, in bytes, the NUL included. Longer text is cut. */
#define KFSD_TEXT_MAX 512

/* What an event says. The numbers are part of the contract. */
#define KFSD_EVENT_CHILD_UP 1   /* the graph below protocol/server can serve, or a client's storage unit is connected; text: the child's name */
#define KFSD_EVENT_CHILD_DOWN 2 /* it no longer can (for example posix's health check failed), or it was removed; text: the child's name */
#define KFSD_EVENT_ACCEPT 3     /* an adopted socket could not be given to the listener; text: why */
#define KFSD_EVENT_LOST 4       /* the queue was full; text: how many events were dropped before this one */
#define KFSD_EVENT_RELAY 5      /* a client inside of TLS asks for a volfile: kfsd_relay_take; text: its address */

typedef struct kfsd_context kfsd_context;

/* The KFSD_API_VERSION this library was built with. Never fails. */
KFSD_EXPORT int32_t kfsd_api_version(void);

/* The GlusterFS version whose headers this library was compiled against, such as "10.3". Static; never freed. */
KFSD_EXPORT const char *kfsd_glusterfs_version(void);

/*
 * The directory that holds GlusterFS's translators (<type>.so below it), for that version. Static; never freed. Where it does
 * not exist, the installed libglusterfs is another version than the headers were, and no context must be created.
 */
KFSD_EXPORT const char *kfsd_translator_directory(void);

/*
 * The directory that holds translators of our own for that version, NAME.so for the type kadalu/NAME: translators/MAJOR beside this library. Static;
 * never freed; "" where it cannot be told where this library lies.
 */
KFSD_EXPORT const char *kfsd_own_translator_directory(void);

/* The text of the last failure on the calling thread, "" if there was none. Valid until that thread's next call in here. */
KFSD_EXPORT const char *kfsd_last_error(void);

/*
 * Checks, without a context, that symbol lookup finds this library's functions before those of libglusterfs that they replace: sys_accept(), by which
 * sockets are adopted, sys_rename(), syncop_link() and syncop_rename(), without which some of what a client or a heal does is left undone.
 * Fails with -ENOTSUP where libglusterfs's own come first.
 */
KFSD_EXPORT int32_t kfsd_hook_check(void);

/*
 * Creates the process's context: memory pools, call pool, event pool, sync environment, timers, log. No event thread runs yet.
 * log_file: path to append to (its parent directory is created), or "-" for standard error.
 * log_level: GF_LOG_* of <glusterfs/logging.h>, 1 (emergency) to 9 (trace).
 * volfile_id: what the brick reports as its volfile's name.
 * *out: the context; never freed, it lives as long as the process.
 * Fails with -EALREADY when there is a context, -ENOENT when the translator directory is missing, -EINVAL for an argument
 * out of range, -EIO when the log cannot be opened, -ENOMEM.
 */
KFSD_EXPORT int32_t kfsd_context_create(const char *log_file, int32_t log_level, const char *volfile_id, kfsd_context **out);

/*
 * Writes one line to the context's log, in GlusterFS's own format and in order with the translators' lines.
 * level: as above. message_id: printed as MSGID when not 0. domain: printed before the message; file, function: where it came
 * from. A message repeated at once may be folded by libglusterfs, with a count. Never fails; does nothing without a context.
 */
KFSD_EXPORT void kfsd_log(kfsd_context *context, int32_t level, int32_t message_id, const char *domain, const char *file,
                          const char *function, const char *message);

/*
 * Has the log file reopened, by its path, before its next line: for log rotation. Does nothing for standard error. Never fails;
 * does nothing without a context.
 */
KFSD_EXPORT void kfsd_log_reopen(kfsd_context *context);

/*
 * Sets the least serious level that is logged, GF_LOG_* as for kfsd_context_create, of translators that have none of their own.
 * Fails with -EINVAL for one out of range.
 */
KFSD_EXPORT int32_t kfsd_log_level(kfsd_context *context, int32_t level);

/* How lines are written. */
#define KFSD_LOG_TEXT 0         /* GlusterFS's format */
/* One JSON object each: time (RFC 3339, UTC), level, messageId, domain, file, line, function, message, error. Call traces are left out; lines
 * about a lack of memory and a few of libglusterfs's own that have no level stay text. */
#define KFSD_LOG_JSON 1
#define KFSD_LOG_JSON_JOURNAL 2 /* the same behind <N>, the line's priority for systemd's journal (sd-daemon(3)) */

/* Sets how lines are written. Never fails. */
KFSD_EXPORT void kfsd_log_format(kfsd_context *context, int32_t format);

/*
 * Limits what one place in the translators' source may write to that many lines in ten seconds, debugging and tracing excepted; 0, as at the
 * start, for no limit. Suppressed lines are counted, and reported in one line, a warning, when the place writes again. Lines of
 * kfsd_log are never suppressed. Never fails.
 */
KFSD_EXPORT void kfsd_log_limit(kfsd_context *context, int32_t lines);

/* The number of lines suppressed so far. Never fails. */
KFSD_EXPORT int64_t kfsd_log_suppressed(kfsd_context *context);

/* Reports lines suppressed in past ten seconds, of places that write no more. Never fails. */
KFSD_EXPORT void kfsd_log_report_suppressed(kfsd_context *context);

/*
 * Has a crash report written to a file when the process dies of SIGSEGV, SIGBUS, SIGILL, SIGFPE or SIGABRT: signal, address, process, time, the
 * heading, and the native backtrace. Handlers that were there before go on afterwards; faults in the executable's own code, which the
 * managed runtime makes exceptions of, are theirs alone. To be called once, after the runtime has started.
 * path: at most 511 bytes; created or replaced. heading: lines "name: value\n", at most 2047 bytes.
 * Fails with -ENAMETOOLONG, or what sigaction(2) says.
 */
KFSD_EXPORT int32_t kfsd_report_crashes(const char *path, const char *heading);

/* Writes out what the log still holds back. To be called once, right before the process ends: folding is off afterwards. */
KFSD_EXPORT void kfsd_log_finish(kfsd_context *context);

/*
 * Builds the graph of a volfile, initialises its translators, brings it up, starts the event threads.
 * volfile, volfile_length: the text; its last volume must be a protocol/server that listens on listen_path.
 * listen_path: path of the unix socket that the volfile's server was told to create. Once the graph is up the file is removed:
 * the listener is then reachable from this process only. The directory stays the caller's.
 * Fails with -EALREADY when a graph is up, -EINVAL when the volfile cannot be parsed or has no server on top, -EIO when a
 * translator does not come up (the log has the reason). After a failure the context must not be used for another graph.
 */
KFSD_EXPORT int32_t kfsd_graph_start(kfsd_context *context, const char *volfile, int64_t volfile_length,
                                     const char *listen_path);

/*
 * Builds and starts the graph of a volfile without a server: a client of storage units, such as a self-heal daemon. Does not wait for the units:
 * KFSD_EVENT_CHILD_UP and KFSD_EVENT_CHILD_DOWN tell of each, by the name of its protocol/client volume.
 * volfile, volfile_length: the text.
 * Fails with -EALREADY when a graph is up, -EINVAL when the volfile cannot be parsed, has a server, or no client with a volume above it, -EIO when
 * a translator does not come up. After a failure the context must not be used for another graph.
 */
KFSD_EXPORT int32_t kfsd_client_graph_start(kfsd_context *context, const char *volfile, int64_t volfile_length);

/* A storage unit that the graph is a client of. */
typedef struct kfsd_unit {
    const char *volume;   /* its protocol/client volume; stays GlusterFS's, as long as the graph */
    int64_t is_connected; /* 1 when the unit has let this client in, and is there still */
} kfsd_unit;

/* The units, in the order of the graph. Returns how many there are, and writes the first capacity of them. Never fails. */
KFSD_EXPORT int32_t kfsd_units(kfsd_context *context, kfsd_unit *out, int32_t capacity);

/* What kfsd_heal_start starts; the numbers are GlusterFS's GF_SHD_OP_HEAL_INDEX and GF_SHD_OP_HEAL_FULL. */
#define KFSD_HEAL_INDEX 1 /* whatever the units' indices name */
#define KFSD_HEAL_FULL 2  /* everything, found by a walk through the whole volume */

/* What came of it for one storage unit. */
typedef struct kfsd_heal {
    const char *translator; /* the cluster/replicate or cluster/disperse volume; stays GlusterFS's, as long as the graph */
    const char *unit;       /* the unit's protocol/client volume; likewise */
    int64_t is_started;     /* 1 when this process heals what it finds on that unit from now on */
    char status[80];        /* the translator's words: that, or why not, such as that the unit is remote and another daemon's affair */
} kfsd_heal;

/*
 * Has a self-heal daemon's graph look for what needs healing, at once. Asks the units whether they are on this node, so it waits for them.
 * what: KFSD_HEAL_*. out, capacity: the first capacity results are written; the order is given only once, however many there are.
 * Returns how many results there are. Fails with -EINVAL for another kind of heal, -ENODEV when no graph is up, -ENOMEM.
 */
KFSD_EXPORT int32_t kfsd_heal_start(kfsd_context *context, int32_t what, kfsd_heal *out, int32_t capacity);

#define KFSD_MARK_EVERYTHING 1 /* every file and directory */
#define KFSD_MARK_BESIDE_LOST 2 /* others may be away as well, as long as one is there: whoever says so knows that they have lost what they had */

/*
 * Tells all other units of a mirror that one missed everything, so that it is healed from them and nothing is read from it before: for a unit that comes
 * back without its files, or with old ones. It must not be connected, and all others of its group must be, unless they are lost. Waits for them.
 * unit: the unit's protocol/client volume, below a cluster/replicate. what: KFSD_MARK_*, or 0 to mark the top directory, which is enough for a unit that has
 * nothing: what heal daemons then create they mark themselves.
 * Returns how many are marked. Fails with -ENODEV when no graph is up, -ENOENT for a unit of no mirror, -EBUSY when the unit is connected, -ENOTCONN
 * when another one is not, or with what a unit says; marks that are there by then stay, and only have files compared that are equal.
 */
KFSD_EXPORT int64_t kfsd_heal_mark(kfsd_context *context, const char *unit, int32_t what);

/* One search of a self-heal daemon for what needs healing. Only cluster/replicate keeps an account: of the latest fifty for each unit. */
typedef struct kfsd_heal_crawl {
    const char *translator; /* as above */
    const char *unit;
    int64_t is_full;     /* 1 for a walk through the whole volume, 0 for the index */
    int64_t begun;       /* seconds since 1970 */
    int64_t ended;       /* 0 while it goes on */
    int64_t healed;      /* files and directories that are healed */
    int64_t split_brain; /* those that contradict each other */
    int64_t failed;      /* those that could not be healed */
} kfsd_heal_crawl;

/* The searches that are known, and those that go on. Returns how many there are, and writes the first capacity of them. Fails with -ENOMEM. */
KFSD_EXPORT int32_t kfsd_heal_crawls(kfsd_context *context, kfsd_heal_crawl *out, int32_t capacity);

/* An entry of a directory on one storage unit. */
typedef struct kfsd_entry {
    char name[256];
    uint8_t gfid[16]; /* zero where the unit could not tell */
    uint32_t mode;    /* with its type, S_IFMT */
    uint32_t user;    /* whose it is */
    uint32_t group;
} kfsd_entry;

/*
 * Lists a directory of one storage unit that the graph is a client of, past the translators that make one of several; "." and ".." are in it. Waits for the unit.
 * unit: its protocol/client volume, below a cluster/replicate or cluster/disperse of a self-heal daemon's graph.
 * gfid: the directory's, 16 bytes. offset: 0, or what *next was. *next: where the next page begins; -1 at the end.
 * Returns how many entries were written. Fails with -EINVAL for another volume, -ENODEV when no graph is up, -ENOENT or -ESTALE where the unit has no
 * such directory, -ENOTDIR, -ENOTCONN, -ENOMEM.
 */
KFSD_EXPORT int32_t kfsd_list(kfsd_context *context, const char *unit, const uint8_t *gfid, int64_t offset, kfsd_entry *out, int32_t capacity, int64_t *next);

/* What a storage unit has noted of one of its directories. */
typedef struct kfsd_directory {
    int64_t version;          /* trusted.ec.version of its entries; 0 in a mirror */
    int64_t metadata_version; /* the same of its metadata */
    int64_t is_marked;        /* 1 where it says that copies differ or are changing: heals will look at it */
} kfsd_directory;

/* As kfsd_list. Returns 0. */
KFSD_EXPORT int32_t kfsd_inspect(kfsd_context *context, const char *unit, const uint8_t *gfid, kfsd_directory *out);

/*
 * The directory that a unit has that directory in. unit, gfid: as for kfsd_list; not the root. parent: its gfid, 16 bytes.
 * Returns 0. Fails as kfsd_list.
 */
KFSD_EXPORT int32_t kfsd_parent(kfsd_context *context, const char *unit, const uint8_t *gfid, uint8_t *parent);

/*
 * Makes units equal that have a name differently, or what it stands for with another owner or mode, without anybody having marked it. In a mirror a look-up does that,
 * as a client's; in a disperse group a heal: of what has the name, or, where too few units have it, of the directory. Waits for the units.
 * unit, gfid: as for kfsd_list; a unit that has the directory. has_other_attributes: 1 where the owner or the mode differs.
 * Returns 0, also where there is no such name. Fails as kfsd_list, or with -EIO where the copies contradict each other.
 */
KFSD_EXPORT int32_t kfsd_settle(kfsd_context *context, const char *unit, const uint8_t *gfid, const char *name, int32_t has_other_attributes);

/*
 * Has all units of a mirror that nobody accuses say of the others what one of them says. cluster/replicate heals a directory from any unit that nobody accuses, and takes
 * from that one's marks whether all names are to be compared: where it did not see what another unit noted, the heal compares too few, finds nothing, and never ends.
 * unit, gfid: as for kfsd_list. Returns how many marks were changed; 0 in a disperse group. Fails as kfsd_list.
 */
KFSD_EXPORT int32_t kfsd_spread_marks(kfsd_context *context, const char *unit, const uint8_t *gfid);

/* A directory whose entries a heal has checked. */
typedef struct kfsd_healed {
    const char *group; /* the cluster/replicate or cluster/disperse volume */
    uint8_t gfid[16];
} kfsd_healed;

/* Takes those that were noted since the last time, 4096 at most; more are forgotten. Returns how many were written. Never fails. */
KFSD_EXPORT int32_t kfsd_healed_take(kfsd_context *context, kfsd_healed *out, int32_t capacity);

/*
 * Asks a storage unit for the directories that it was changing when it ended (kadalu/recent): copies may differ in them without anybody knowing. Waits for the unit.
 * unit: as for kfsd_list. gfids: room for capacity of them, 16 bytes each.
 * Returns how many there are, and writes the first capacity of them: none for a unit on another node, whose own self-heal daemon asks it. Fails as kfsd_list.
 */
KFSD_EXPORT int32_t kfsd_interrupted(kfsd_context *context, const char *unit, uint8_t *gfids, int32_t capacity);

/* Tells the unit that one of them has been compared with the other copies, and is equal. Returns 0. Fails as kfsd_list. */
KFSD_EXPORT int32_t kfsd_interrupted_compared(kfsd_context *context, const char *unit, const uint8_t *gfid);

/* What kfsd_graph_reconfigure did. */
#define KFSD_RECONFIGURED 0    /* the running graph has the volfile's options now */
#define KFSD_NEW_GRAPH_NEEDED 1 /* the volfile has other translators, or in another order; nothing was changed */

/*
 * Gives the running graph the options of another volfile, without touching its connections, open files or locks.
 * volfile, volfile_length: the text, as the running graph was started with; with a server, the same listen_path.
 * Returns one of the two numbers above.
 * Fails with -EINVAL when the volfile cannot be parsed or a translator knows an option's value to be wrong; nothing was changed
 * then. Text that libglusterfs cannot parse spoils its parser for good (-ENOTRECOVERABLE from then on): the caller parses it first. Fails with -EIO when a translator refused its options after others had taken theirs; the log has the reason, and giving the
 * earlier volfile again puts things right. Fails with -ENODEV when no graph is up. One call at a time.
 */
KFSD_EXPORT int32_t kfsd_graph_reconfigure(kfsd_context *context, const char *volfile, int64_t volfile_length);

/*
 * Writes GlusterFS's statedump: a file whose name has the process's id and the time.
 * directory: where; NULL for the usual place, which gluster --print-statedumpdir names. What it contains can be chosen as for
 * glusterfsd, and so can another directory. Never fails; the log says what went wrong.
 */
KFSD_EXPORT void kfsd_statedump(kfsd_context *context, const char *directory);

/*
 * Keeps descriptors for the process itself: from then on storage/posix gets EMFILE for a file or directory whose descriptor would be this one
 * or a higher one. Needs no context; never fails.
 */
KFSD_EXPORT void kfsd_descriptors_reserve(int32_t line);

/*
 * Gives a connected stream socket to the graph's server, as if its own listener had accepted it. Not one byte of it is read.
 * fd: must be O_NONBLOCK. On success it belongs to libgfrpc, which closes it; on failure it stays the caller's.
 * is_node: 1 when the peer is a node of the pool, which the limit for all does not count for.
 * Returns at once; the server takes the socket on one of its event threads.
 * Fails with -ENOTCONN when the peer is gone already, -EINVAL for a blocking fd, -ENODEV when no graph with a server is up,
 * -EAGAIN when the listener's backlog is full or too many clients have only just come, -ENOBUFS or -EUSERS when there are too many connections in all or of the peer's address,
 * or what connect(2) says.
 */
KFSD_EXPORT int32_t kfsd_adopt(kfsd_context *context, int32_t fd, int32_t is_node);

/*
 * Longest record, in bytes and with all its fragments, of a connection whose client is not authenticated (SETVOLUME). Stock clients' stay
 * below 2 KiB; certificates and options with long paths make them longer. libgfrpc itself would take 1 GiB.
 */
#define KFSD_HANDSHAKE_RECORD_MAX (32 * 1024)

/* How long a client has to be authenticated before its connection makes room for another one, in milliseconds. */
#define KFSD_HANDSHAKE_MS 1000

/* How many connections of clients the graph's server may have. Those on unix sockets are not counted. */
typedef struct kfsd_connection_limits {
    int32_t total;       /* in all, nodes of the pool excepted */
    int32_t per_address; /* of one address */
    int32_t handshakes;  /* whose client is not authenticated yet; one more takes the place of the oldest of them */
} kfsd_connection_limits;

/* Sets the limits, for connections that are adopted from now on; before that there are none. Never fails. */
KFSD_EXPORT void kfsd_connections_limit(kfsd_context *context, const kfsd_connection_limits *limits);

/* The connections that the graph's server has and had. */
typedef struct kfsd_connection_counts {
    int64_t open;                /* now, those on unix sockets included */
    int64_t handshakes;          /* of these, of clients that are not authenticated */
    int64_t refused_total;       /* were not adopted because there were too many */
    int64_t refused_per_address; /* because there were too many of their address */
    int64_t closed_late;         /* were closed because their client was not authenticated in time */
    int64_t closed_for_others;   /* because there were too many of that kind */
    int64_t refused_records;     /* records longer than KFSD_HANDSHAKE_RECORD_MAX, each of which has ended a connection */
} kfsd_connection_counts;

/* Counts them. Never fails. */
KFSD_EXPORT void kfsd_connections_count(kfsd_context *context, kfsd_connection_counts *out);

/*
 * Closes connections whose client is not authenticated within timeout_ms milliseconds from the adoption. Returns how many others have a
 * client that is not authenticated. Never fails.
 */
KFSD_EXPORT int32_t kfsd_connections_expire(kfsd_context *context, int64_t timeout_ms);

/*
 * Proves that adoption works from end to end: adopts one end of a socket pair and waits for the server to answer a DUMP call
 * on the other, for up to timeout_ms milliseconds.
 * Fails with -ETIMEDOUT when nothing took or answered it, -EPROTO when the answer is not a reply to that call.
 */
KFSD_EXPORT int32_t kfsd_adopt_prove(kfsd_context *context, int32_t timeout_ms);

/*
 * Proves that a client would be authenticated: introduces itself to the server (SETVOLUME) as one that is adopted, again and again until the
 * graph is up, for up to timeout_ms milliseconds. That the volume's rules admit no such client counts as proof too.
 * Fails with -ETIMEDOUT when it did not come up, -EPROTO as above, or the server's own error.
 */
KFSD_EXPORT int32_t kfsd_setvolume_prove(kfsd_context *context, int32_t timeout_ms);

/*
 * An eventfd that is readable while events wait (level-triggered; kfsd_event_next resets it when the queue is empty).
 * Owned by the context: watch it, never read or close it.
 */
KFSD_EXPORT int32_t kfsd_event_fd(kfsd_context *context);

/*
 * Takes the oldest event. *kind: KFSD_EVENT_*; text: its words, cut to capacity bytes with the NUL.
 * Returns 1 when there was one, 0 when the queue is empty, -EINVAL when capacity is not positive.
 */
KFSD_EXPORT int32_t kfsd_event_next(kfsd_context *context, int32_t *kind, char *text, int32_t capacity);

/* How many file operations are in progress in the graph, whether waiting, running or blocked on a lock. */
KFSD_EXPORT int64_t kfsd_operations_in_progress(kfsd_context *context);

/*
 * The functions below tell of the running graph. Each takes an array of capacity elements, fills in as many as there are and fit, and
 * returns how many there are; 0 without a graph. Pointers in the elements are into the graph and its translators: never freed while the
 * process lives, as are those to static text.
 */

/* A translator, from the top. */
typedef struct kfsd_translator {
    const char *name;        /* of its volume */
    const char *type;        /* such as storage/posix */
    int64_t can_reconfigure; /* 1 when it can take options while it runs */
} kfsd_translator;

KFSD_EXPORT int32_t kfsd_translators(kfsd_context *context, kfsd_translator *out, int32_t capacity);

/* What has come of one kind of file operation that clients asked for, since the graph started. */
typedef struct kfsd_operation_count {
    int64_t kind; /* for kfsd_operation_name */
    int64_t calls;
    int64_t failures;
    int64_t timed;               /* how many have ended, and were timed */
    int64_t nanoseconds;         /* that these took in all */
    int64_t slowest_nanoseconds; /* that the slowest took */
} kfsd_operation_count;

/* Kinds that have not been asked for yet are left out. */
KFSD_EXPORT int32_t kfsd_operation_counts(kfsd_context *context, kfsd_operation_count *out, int32_t capacity);

/* GlusterFS's name of a kind of file operation, such as WRITE; NULL for a number that is none. Static. */
KFSD_EXPORT const char *kfsd_operation_name(int32_t kind);

/*
 * How many bytes of file content clients have read and written since the graph started.
 * Returns 0; fails with -ENOENT when the graph has no debug/io-stats, which counts them, -EIO, -ENOMEM.
 */
KFSD_EXPORT int32_t kfsd_bytes_served(kfsd_context *context, int64_t *bytes_read, int64_t *bytes_written);

/* A file operation in progress. */
typedef struct kfsd_operation {
    int64_t id;
    int64_t nanoseconds;    /* since it came */
    const char *translator; /* the one it has got to; NULL when that is not known */
    int32_t kind;           /* for kfsd_operation_name */
    int32_t user;           /* on whose behalf, at the client */
    int32_t process;        /* the process there */
    char client[KFSD_TEXT_MAX];
} kfsd_operation;

/* Those that have been in progress for at least so long; the newest first. */
KFSD_EXPORT int32_t kfsd_operations(kfsd_context *context, int64_t at_least_nanoseconds, kfsd_operation *out, int32_t capacity);

/* Memory of one kind that a translator has allocated; the translator "glusterfs" is libglusterfs itself. */
typedef struct kfsd_memory {
    const char *translator;
    const char *kind; /* such as gf_common_mt_inode_t */
    int64_t allocations; /* that have not been freed */
} kfsd_memory;

KFSD_EXPORT int32_t kfsd_memory_kinds(kfsd_context *context, kfsd_memory *out, int32_t capacity);

/* Bytes that native code of this process has allocated and not freed, as malloc counts them. */
KFSD_EXPORT int64_t kfsd_native_memory(void);

/* An option that a translator knows. */
typedef struct kfsd_option {
    const char *translator;
    const char *keys[4];       /* its name, and others for the same; NULL where there are fewer */
    const char *default_value; /* NULL for none */
    const char *description;   /* NULL for none */
    double minimum;            /* both 0 for no range */
    double maximum;
    const char *const *values; /* what it may be, up to NULL or 64 of them; the first one NULL for anything */
    int32_t type;              /* GF_OPTION_TYPE_* of <glusterfs/options.h> */
    int32_t is_settable;       /* 1 when it is meant to be set by those who run the volume */
    int32_t validation;        /* GF_OPT_VALIDATE_*: which of minimum and maximum counts */
    int32_t can_reconfigure;   /* 1 when its translator can take options while it runs */
} kfsd_option;

KFSD_EXPORT int32_t kfsd_options(kfsd_context *context, kfsd_option *out, int32_t capacity);

/*
 * The options of a translator that need not be in any graph, by its type, or of a transport (rpc-transport/socket); needs no context. The translator's name in the elements is NULL.
 * Its shared object stays loaded. Fails with -ENOENT where it is not installed, -ELIBBAD where it is no translator of this GlusterFS.
 */
KFSD_EXPORT int32_t kfsd_translator_options(const char *type, kfsd_option *out, int32_t capacity);

/* A client that is connected and was authenticated. */
typedef struct kfsd_client {
    int64_t since; /* when it connected, seconds since 1970 */
    int64_t bytes_read; /* from its connection */
    int64_t bytes_written;
    int64_t op_version;
    char id[KFSD_TEXT_MAX];      /* GlusterFS's: it has host, process id and volume */
    char address[KFSD_TEXT_MAX]; /* and port */
    char process[64];            /* what it calls itself, such as fuse */
    char version[64];            /* of its GlusterFS */
    char volfile[256];           /* the key it fetched */
    char subdirectory[KFSD_TEXT_MAX]; /* that it has mounted; "" for all */
} kfsd_client;

KFSD_EXPORT int32_t kfsd_clients(kfsd_context *context, kfsd_client *out, int32_t capacity);

/* A client that asks for volfiles inside of TLS, which is the graph's: its calls, and the answers to them, go through fd. */
typedef struct kfsd_relay_client {
    int64_t port;
    char address[64]; /* numeric; "" for one on a unix socket */
    char name[256];   /* the common name in its certificate */
    int32_t fd;       /* connected, non-blocking; the caller's, to be closed to end the client's connection as well */
} kfsd_relay_client;

/*
 * Takes the oldest such client that nobody has taken yet. To be called until it returns 0, on KFSD_EVENT_RELAY and on KFSD_EVENT_LOST.
 * Returns 1 when *out was filled, 0 when there is none.
 */
KFSD_EXPORT int32_t kfsd_relay_take(kfsd_context *context, kfsd_relay_client *out);

/* Has a kfsd_quiesce that is under way, or to come, end without waiting any longer. From any thread; never fails. */
KFSD_EXPORT void kfsd_quiesce_cut_short(kfsd_context *context);

/*
 * Says goodbye: the event threads stop, so that no further request is read, then waits until every operation in progress is
 * done and every answer that its socket took has reached the client, for up to timeout_ms milliseconds in all. What is left of
 * an answer when a client's socket is full is not sent any more. The graph cannot be used again: end the process next.
 * Fails with -ETIMEDOUT when operations were still in progress (for example ones that wait for a lock) or answers on their
 * way, with -ECANCELED when it was cut short, with -EAGAIN when the event threads could not be stopped.
 * A graph without a server answers nobody: nothing is done. What it does on its units is cut off by the end of the process, which gives their locks
 * back; cluster/replicate does not survive that all its units disconnect in the middle of a heal.
 */
KFSD_EXPORT int32_t kfsd_quiesce(kfsd_context *context, int32_t timeout_ms);

#ifdef __cplusplus
}
#endif

#endif

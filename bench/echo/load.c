// SPDX-License-Identifier: MIT
//
// load: starts an echo server, exchanges messages with it, and prints the figures.
//
//     load --conns N (--ms N | --messages N) -- SERVER [ARGUMENT...]
//
// Each of N connections has exactly one message of 64 bytes in flight. Its content is derived from the connection and a
// sequence number, and every returned byte is compared; a wrong byte, one too many, or none for ten seconds is an
// error. With --ms the figures are for that many milliseconds, which begin some time after each connection has got an
// answer; with --messages for all of that many messages. Prints one line of JSON:
//     ops    messages answered in that time, ns; one for each p50_ns and p99_ns: from send to the last byte
//     cpu_ns processor time the server took in it
//
// The server runs on the last allowed processor, the load on the one before it. There the load never sleeps, since
// waking it would be work for the server, and more work for a server that lets it sleep more often. If there is one
// processor only, they share it, and the load sleeps. The load has one thread, makes one receive and one send per
// message, and uses epoll edge-triggered, so that epoll checks a connection once per message: less work than any server
// has. After the last answer the load resets the connections, so that no round leaves a thousand ports in TIME_WAIT. An
// alarm ends the load if nothing else does.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "child.h"
#include "histogram.h"

enum {
    MESSAGE = 64,
    WORDS = MESSAGE / sizeof(uint64_t),
    EVENTS = 1024,
    SPARE_DESCRIPTORS = 32,
    PATIENCE_MS = 10000,
    WARMING_MS = 30,
    LIFE_SECONDS = 110,
    NS_PER_MS = 1000000,
};

struct options {
    size_t conns;
    uint64_t ns;        // how long to measure; zero to count messages instead
    uint64_t messages;  // how many to send in all
    char** server;
};

struct connection {
    int fd;
    uint32_t number;
    uint32_t answered;  // bytes of the current message
    uint64_t sequence;
    uint64_t sent_at;
    uint64_t message[WORDS];
};

/// The counters at one moment.
struct mark {
    uint64_t at;
    uint64_t answered;
    uint64_t cpu_ns;  // of the server
};

static struct load {
    struct options options;
    struct child server;
    enum { WARMING, MEASURING, FINISHING } phase;
    uint64_t turns_at;  // when the next phase begins
    uint64_t limit;     // messages to send in all
    uint64_t sent, answered;
    uint64_t answered_at;  // when the last answer came
    size_t silent;         // connections without an answer so far
    int sleep_ms;          // how long to sleep when nothing has arrived
    struct mark begin, end;
    struct histogram times;
} load;

static void fail(const struct connection* connection, const char* what) {
    fprintf(stderr, "%s: connection %u, message %llu: %s\n", load.options.server[0], connection->number,
            (unsigned long long)connection->sequence, what);
    exit(1);
}

static uint64_t number(const char* text, uint64_t most) {
    char* end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value == 0 || value > most) {
        fprintf(stderr, "load: '%s' is no number from 1 to %llu\n", text, (unsigned long long)most);
        exit(2);
    }
    return value;
}

static struct options options(int argc, char** argv) {
    struct options options = {.messages = UINT64_MAX};
    int i = 1;
    for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
        if (strcmp(argv[i], "--conns") == 0) {
            options.conns = number(argv[i + 1], 20000);
        } else if (strcmp(argv[i], "--ms") == 0) {
            options.ns = number(argv[i + 1], 60000) * NS_PER_MS;
        } else if (strcmp(argv[i], "--messages") == 0) {
            options.messages = number(argv[i + 1], 1000000000);
        } else {
            break;
        }
    }
    bool one_end = (options.ns == 0) != (options.messages == UINT64_MAX);
    if (options.conns == 0 || !one_end || i + 1 >= argc || strcmp(argv[i], "--") != 0) {
        fprintf(stderr, "usage: load --conns N (--ms N | --messages N) -- SERVER [ARGUMENT...]\n");
        exit(2);
    }
    options.server = argv + i + 1;
    return options;
}

/// Raises the limit of file descriptors, which the server inherits, as far as needed and allowed.
static void allow_descriptors(size_t conns) {
    struct rlimit limit;
    rlim_t needed = conns + SPARE_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        contender_die("getrlimit");
    }
    if (limit.rlim_max < needed) {
        fprintf(stderr, "load: %zu connections need %llu descriptors, but the hard limit is %llu: raise ulimit -Hn\n",
                conns, (unsigned long long)needed, (unsigned long long)limit.rlim_max);
        exit(1);
    }
    limit.rlim_cur = limit.rlim_cur < needed ? limit.rlim_max : limit.rlim_cur;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        contender_die("setrlimit");
    }
}

/// Pins this process to one of the allowed processors, and returns the processor for the server.
static int choose_processors(void) {
    cpu_set_t allowed, mine;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        contender_die("sched_getaffinity");
    }
    int last = -1, before = -1;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
        if (CPU_ISSET((size_t)i, &allowed)) {
            before = last;
            last = i;
        }
    }
    load.sleep_ms = before >= 0 ? 0 : PATIENCE_MS;
    CPU_ZERO(&mine);
    CPU_SET((size_t)(before >= 0 ? before : last), &mine);
    if (sched_setaffinity(0, sizeof mine, &mine) != 0) {
        contender_die("sched_setaffinity");
    }
    return last;
}

static void open_connection(struct connection* connection, int epoll, uint16_t port) {
    const int on = 1;
    const struct linger reset_at_close = {.l_onoff = 1, .l_linger = 0};
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.ptr = connection}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr*)&address, sizeof address) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset_at_close, sizeof reset_at_close) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        contender_die("load: connect");
    }
    connection->fd = fd;
}

/// Sends the connection's next message. It always fits the buffer: all earlier bytes have come back.
static void send_next(struct connection* connection, uint64_t now) {
    connection->sequence += 1;
    const uint64_t key = connection->sequence << 20 | connection->number;
    for (size_t i = 0; i < WORDS; ++i) {
        connection->message[i] = key * (0x9e3779b97f4a7c15u + 2 * i);  // odd factors: no two keys give the same
    }
    connection->answered = 0;
    connection->sent_at = now;
    load.sent += 1;
    if (send(connection->fd, connection->message, MESSAGE, MSG_NOSIGNAL | MSG_DONTWAIT) != MESSAGE) {
        fail(connection, "cannot be sent");
    }
}

static struct mark mark(uint64_t now) { return (struct mark){now, load.answered, child_cpu(&load.server)}; }

static void next_phase(uint64_t now) {
    if (load.phase == WARMING) {
        load.phase = MEASURING;
        load.turns_at = load.options.ns > 0 ? now + load.options.ns : UINT64_MAX;
        load.begin = mark(now);
    } else {
        load.phase = FINISHING;
        load.turns_at = UINT64_MAX;
        load.limit = load.sent;
        load.end = mark(now);
    }
}

static void on_answer(struct connection* connection) {
    uint64_t now = contender_now();
    load.answered += 1;
    load.answered_at = now;
    if (load.phase == MEASURING) {
        histogram_add(&load.times, now - connection->sent_at);
    }
    if (connection->sequence == 1 && --load.silent == 0 && load.phase == WARMING) {
        load.turns_at = now + (uint64_t)WARMING_MS * NS_PER_MS;
    }
    if (now >= load.turns_at) {
        next_phase(now);
    }
    if (load.sent < load.limit) {
        send_next(connection, now);
    }
}

static void on_readable(struct connection* connection) {
    char got[2 * MESSAGE];  // room for bytes that should not come
    ssize_t n = recv(connection->fd, got, sizeof got, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
        return;
    }
    if (n <= 0) {
        fail(connection, n == 0 ? "the server closed the connection" : strerror(errno));
    }
    if (connection->answered + (size_t)n > MESSAGE) {
        fail(connection, "more came back than was sent");
    }
    if (memcmp((const char*)connection->message + connection->answered, got, (size_t)n) != 0) {
        fail(connection, "other bytes came back than were sent");
    }
    connection->answered += (uint32_t)n;
    if (connection->answered == MESSAGE) {
        on_answer(connection);
    }
}

static void play(struct connection* connections, int epoll) {
    static struct epoll_event events[EVENTS];
    load.limit = load.options.messages;
    load.silent = load.options.conns;
    load.turns_at = UINT64_MAX;
    load.answered_at = contender_now();
    if (load.options.ns == 0) {
        next_phase(load.answered_at);
    }
    for (size_t i = 0; i < load.options.conns && load.sent < load.limit; ++i) {
        send_next(&connections[i], contender_now());
    }
    while (load.answered < load.limit) {
        int n = epoll_wait(epoll, events, EVENTS, load.sleep_ms);
        if (n < 0 && errno != EINTR) {
            contender_die("load: epoll_wait");
        }
        if (n == 0 && contender_now() - load.answered_at >= (uint64_t)PATIENCE_MS * NS_PER_MS) {
            child_die(load.options.server[0], "does not answer");
        }
        for (int i = 0; i < n; ++i) {
            on_readable(events[i].data.ptr);
        }
    }
    if (load.phase == MEASURING) {
        next_phase(contender_now());
    }
}

int main(int argc, char** argv) {
    load.options = options(argc, argv);
    const char* server = load.options.server[0];
    alarm(LIFE_SECONDS);
    allow_descriptors(load.options.conns);
    load.server = child_start(load.options.server, choose_processors());
    uint16_t port = child_port(&load.server, server);

    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct connection* connections = calloc(load.options.conns, sizeof *connections);
    if (epoll < 0 || connections == NULL) {
        contender_die("load");
    }
    for (size_t i = 0; i < load.options.conns; ++i) {
        connections[i].number = (uint32_t)i;
        open_connection(&connections[i], epoll, port);
    }
    play(connections, epoll);
    for (size_t i = 0; i < load.options.conns; ++i) {
        close(connections[i].fd);
    }
    child_stop(&load.server, server);

    printf("{\"ops\": %" PRIu64 ", \"ns\": %" PRIu64 ", \"cpu_ns\": %" PRIu64 ", \"p50_ns\": %" PRIu64
           ", \"p99_ns\": %" PRIu64 "}\n",
           load.end.answered - load.begin.answered, load.end.at - load.begin.at, load.end.cpu_ns - load.begin.cpu_ns,
           histogram_quantile(&load.times, 0.5), histogram_quantile(&load.times, 0.99));
    return 0;
}

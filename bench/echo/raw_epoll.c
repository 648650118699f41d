// SPDX-License-Identifier: MIT
//
// raw_epoll: the echo race as a good C program does it: one thread, level-triggered epoll, non-blocking sockets.
//
// The baseline of the race. A read that did not fill the buffer has taken all bytes, so the next call is epoll_wait;
// after a read that filled it epoll reports the socket again. Bytes that a peer does not take at once are kept, and
// nothing more is read from that peer until they are sent (backpressure). With --stall, see server.h.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "server.h"

enum { EVENTS = 1024 };

struct connection {
    int fd;
    bool waits_for_room;
    size_t from, to;  // the part of `data` that is not yet written
    char data[SERVER_BUFFER];
};

static int epoll;
static int listener;
static bool stalls;

static void watch(int operation, int fd, uint32_t events, void* who) {
    struct epoll_event event = {.events = events, .data = {.ptr = who}};
    if (epoll_ctl(epoll, operation, fd, &event) != 0) {
        server_die(fd == STDIN_FILENO ? "standard input: epoll_ctl" : "epoll_ctl");
    }
}

static uint16_t listen_on_loopback(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr*)&address, len) != 0 || listen(listener, SERVER_BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr*)&address, &len) != 0) {
        server_die("listen");
    }
    return ntohs(address.sin_port);
}

static void accept_all(void) {
    const int on = 1;
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection* connection = malloc(sizeof *connection);
        if (connection == NULL || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
            server_die("accept");
        }
        connection->fd = fd;
        connection->waits_for_room = false;
        watch(EPOLL_CTL_ADD, fd, EPOLLIN, connection);
    }
    if (errno != EAGAIN && errno != ECONNABORTED) {
        server_die("accept");
    }
}

static void end(struct connection* connection) {
    close(connection->fd);
    free(connection);
}

/// Writes the kept bytes, then waits for the socket to be writable if some remain, else readable.
static void write_kept(struct connection* connection) {
    ssize_t n = write(connection->fd, connection->data + connection->from, connection->to - connection->from);
    if (n < 0 && errno != EAGAIN) {
        end(connection);
        return;
    }
    connection->from += n > 0 ? (size_t)n : 0;
    bool wait_for_room = connection->from < connection->to;
    if (wait_for_room != connection->waits_for_room) {
        connection->waits_for_room = wait_for_room;
        watch(EPOLL_CTL_MOD, connection->fd, wait_for_room ? EPOLLOUT : EPOLLIN, connection);
    }
}

static void read_some(struct connection* connection) {
    ssize_t n = read(connection->fd, connection->data, sizeof connection->data);
    if (n > 0) {
        if (stalls && server_stalls_now()) {
            server_stall();
        }
        connection->from = 0;
        connection->to = (size_t)n;
        write_kept(connection);
    } else if (n == 0 || errno != EAGAIN) {
        end(connection);
    }
}

int main(int argc, char** argv) {
    stalls = argc == 2 && strcmp(argv[1], "--stall") == 0;
    if (argc != 1 && !stalls) {
        server_usage(argv[0], " [--stall]");
    }
    server_begin();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) {
        server_die("epoll_create1");
    }
    uint16_t port = listen_on_loopback();
    static char input;  // its address stands for standard input
    watch(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, &input);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN, &listener);
    server_announce(port);

    static struct epoll_event events[EVENTS];
    while (true) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR) {
            server_die("epoll_wait");
        }
        for (int i = 0; i < n; ++i) {
            void* who = events[i].data.ptr;
            if (who == &input) {
                if (server_input_ended()) {
                    return 0;
                }
            } else if (who == &listener) {
                accept_all();
            } else if (((struct connection*)who)->waits_for_room) {
                write_kept(who);
            } else {
                read_some(who);
            }
        }
    }
}

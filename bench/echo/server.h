// SPDX-License-Identifier: MIT
//
// server: the start and the end of every echo server in C or C++.
//
// A server takes no arguments but its own, listens on port 0 of 127.0.0.1, prints the port as a line, and echoes with
// TCP_NODELAY on, until its standard input ends: when its parent closes it, or dies. That input is a pipe or a
// terminal; its bytes are ignored. If the end never comes, an alarm ends the server. Servers of echo-stalls, called
// with --stall, block for a millisecond before every tenth answer, counted over all connections. Plain C, usable from
// C++.

#ifndef BENCH_ECHO_SERVER_H
#define BENCH_ECHO_SERVER_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SERVER_BUFFER = 4096,  // bytes of each read, in every server: many times a message
    SERVER_BACKLOG = 4096,
    SERVER_SECONDS = 120,  // no server runs longer
    SERVER_STALL_EVERY = 10,
    SERVER_STALL_US = 1000,
};

static inline void server_die(const char* what) {
    perror(what);
    exit(1);
}

static inline void server_usage(const char* program, const char* arguments) {
    fprintf(stderr, "usage: %s%s, with a pipe or a terminal as standard input; ends when that ends\n", program,
            arguments);
    exit(2);
}

/// Ignores the signal that must not end the server, and sets the alarm that must.
static inline void server_begin(void) {
    signal(SIGPIPE, SIG_IGN);
    alarm(SERVER_SECONDS);
}

static inline void server_announce(uint16_t port) {
    printf("%u\n", (unsigned)port);
    fflush(stdout);
}

/// Counts a message; returns whether to call server_stall() before the answer. Thread-safe.
static inline bool server_stalls_now(void) {
    static unsigned messages;
    return __atomic_add_fetch(&messages, 1, __ATOMIC_RELAXED) % SERVER_STALL_EVERY == 0;
}

/// Blocks the calling thread.
static inline void server_stall(void) { usleep(SERVER_STALL_US); }

/// Reads standard input, blocking if it is empty; returns whether it ended.
static inline bool server_input_ended(void) {
    char ignored[256];
    ssize_t n = read(STDIN_FILENO, ignored, sizeof ignored);
    return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

/// Never returns: ends the process, with all of its threads, when standard input ends.
static inline void server_end_with_input(void) {
    while (!server_input_ended()) {
    }
    _exit(0);
}

static inline void server_exit(int signal) {
    (void)signal;
    _exit(0);
}

/// Ends the process by a signal when standard input, a pipe, ends. For a server that neither polls file descriptors
/// itself nor has a spare thread: a second thread would make each descriptor lookup in the kernel slower for the first.
static inline void server_end_by_signal(void) {
    signal(SIGIO, server_exit);
    if (fcntl(STDIN_FILENO, F_SETOWN, getpid()) < 0 || fcntl(STDIN_FILENO, F_SETFL, O_ASYNC) < 0) {
        server_die("standard input");
    }
}

#endif

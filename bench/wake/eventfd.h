// SPDX-License-Identifier: MIT
//
// eventfd: a thread sleeps in read(2) of an eventfd until another thread writes to it.

#ifndef BENCH_WAKE_EVENTFD_H
#define BENCH_WAKE_EVENTFD_H

#include <sys/eventfd.h>

#include "contender.h"

static inline int eventfd_new(void) {
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd < 0) {
        contender_die("eventfd");
    }
    return fd;
}

static inline void eventfd_ring(int fd) {
    const uint64_t once = 1;
    if (write(fd, &once, sizeof once) != sizeof once) {
        contender_die("writing to an eventfd");
    }
}

static inline void eventfd_await(int fd) {
    uint64_t times;
    if (read(fd, &times, sizeof times) != sizeof times) {
        contender_die("reading an eventfd");
    }
}

#endif

// SPDX-License-Identifier: MIT
//
// silence: redirects standard output to the null device for a while, so that printing costs a system call and no more.

#ifndef BENCH_DISPATCH_SILENCE_H
#define BENCH_DISPATCH_SILENCE_H

#include "contender.h"

/// Returns the former standard output, for silence_end().
static inline int silence_begin(void) {
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int kept = dup(STDOUT_FILENO);
    if (null < 0 || kept < 0 || dup2(null, STDOUT_FILENO) < 0) {
        contender_die("/dev/null");
    }
    close(null);
    return kept;
}

static inline void silence_end(int kept) {
    if (dup2(kept, STDOUT_FILENO) < 0) {
        contender_die("dup2");
    }
    close(kept);
}

#endif

// SPDX-License-Identifier: MIT
//
// access: plain thread-locals, each incremented in turn; shared by the C and C++ contenders of the local race.
//
// A round is LOCAL_ACCESSES increments, unrolled, so that the loop does not count. The compiler may keep no value in a
// register from one increment to the next. The race's number of tasks is the number of thread-locals: 1, 8 or 32.

#ifndef BENCH_LOCAL_ACCESS_H
#define BENCH_LOCAL_ACCESS_H

#include "work.h"

#ifndef __cplusplus
#include <threads.h>
#endif

enum { LOCAL_ACCESSES = 32 };

static thread_local uint64_t local_values[LOCAL_ACCESSES];

/// A compiler barrier: values in memory must be stored before it and loaded again after it.
static inline void local_barrier(void) { __asm__ volatile("" : : : "memory"); }

__attribute__((always_inline)) static inline void local_rounds(uint64_t rounds, unsigned keys) {
    for (uint64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 32
        for (unsigned i = 0; i < LOCAL_ACCESSES; ++i) {
            local_values[i % keys] += 1;
            local_barrier();
        }
    }
}

static inline void local_usage(size_t keys) {
    fprintf(stderr, "--tasks takes 1, 8 or 32, not %zu\n", keys);
    exit(2);
}

/// The number of rounds of `ops` increments, at least one.
static inline uint64_t local_rounds_of(const struct work* work) {
    return work->ops > LOCAL_ACCESSES ? work->ops / LOCAL_ACCESSES : 1;
}

/// Runs the race on the calling thread's thread-locals, and returns the nanoseconds.
static inline uint64_t local_race(const struct work* work) {
    const uint64_t rounds = local_rounds_of(work);
    const uint64_t start = contender_now();
    switch (work->tasks) {
        case 1: local_rounds(rounds, 1); break;
        case 8: local_rounds(rounds, 8); break;
        case 32: local_rounds(rounds, 32); break;
        default: local_usage(work->tasks);
    }
    return contender_now() - start;
}

/// The sum of all the calling thread's values.
static inline uint64_t local_sum(void) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < LOCAL_ACCESSES; ++i) {
        sum += local_values[i];
    }
    return sum;
}

#endif

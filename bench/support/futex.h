// SPDX-License-Identifier: MIT
//
// futex: sleep on a word and wake its sleepers, by futex(2).
//
// For baseline contenders. Private futexes: the words belong to one process.

#ifndef BENCH_FUTEX_H
#define BENCH_FUTEX_H

#include <linux/futex.h>
#include <sys/syscall.h>

#include "contender.h"

/// Sleeps until `*word` is `wanted`; the thread that writes this value must call futex_wake then.
static inline void futex_await(uint32_t* word, uint32_t wanted) {
    uint32_t seen;
    while ((seen = __atomic_load_n(word, __ATOMIC_ACQUIRE)) != wanted) {
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    }
}

/// Writes `value` and wakes one sleeper on `word`.
static inline void futex_give(uint32_t* word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

#endif

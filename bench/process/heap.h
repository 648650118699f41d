// SPDX-License-Identifier: MIT
//
// heap: with --heap a contender has a GiB of memory, each page touched, before it starts a program.

#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <stdlib.h>

#include "work.h"

static inline void heap_touch(const struct work* work) {
    const size_t size = (size_t)1 << 30;
    if (strcmp(work->flag, "heap") == 0) {
        char* heap = (char*)malloc(size);  // never freed
        if (heap == NULL) {
            contender_die("malloc");
        }
        for (size_t at = 0; at < size; at += 4096) {
            ((volatile char*)heap)[at] = 1;
        }
    }
}

#endif

// SPDX-License-Identifier: MIT
//
// resident: the memory that this process has, its page tables included, and the number of its mappings.
//
// Kernel memory for a thread (its record, a kernel stack of 16 KiB) is in no such figure. Plain C, usable from C++.

#ifndef BENCH_MEMORY_RESIDENT_H
#define BENCH_MEMORY_RESIDENT_H

#include "contender.h"

/// Bytes of VmRSS and VmPTE together.
static inline uint64_t resident_bytes(void) {
    FILE* status = fopen("/proc/self/status", "re");
    if (status == NULL) {
        contender_die("/proc/self/status");
    }
    char line[256];
    uint64_t sum = 0;
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0 || strncmp(line, "VmPTE:", 6) == 0) {
            sum += strtoull(line + 6, NULL, 10) * 1024;
        }
    }
    fclose(status);
    return sum;
}

static inline uint64_t resident_mappings(void) {
    FILE* maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) {
        contender_die("/proc/self/maps");
    }
    uint64_t lines = 0;
    for (int c; (c = getc(maps)) != EOF;) {
        lines += c == '\n';
    }
    fclose(maps);
    return lines;
}

/// Prints the line for that many parked tasks, made in `ns`, with `before` bytes before them.
static inline void resident_print(uint64_t tasks, uint64_t ns, uint64_t before) {
    const uint64_t after = resident_bytes();
    printf("{\"ops\": %" PRIu64 ", \"ns\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"mappings\": %" PRIu64 "}\n", tasks,
           ns, after > before ? after - before : 0, resident_mappings());
}

#endif

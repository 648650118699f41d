// SPDX-License-Identifier: MIT
//
// target: the path of the copy in the C and C++ contenders of the copy race, and its removal.
//
// The copy is `INPUT.copy`. It does not exist when the clock starts, and is removed after the clock has stopped.

#ifndef BENCH_COPY_TARGET_H
#define BENCH_COPY_TARGET_H

#include "work.h"

/// Lives until the process ends.
static inline const char* target_path(const char* input) {
    const size_t size = strlen(input) + sizeof ".copy";
    char* path = (char*)malloc(size);
    if (path == NULL) {
        contender_die("malloc");
    }
    snprintf(path, size, "%s.copy", input);
    return path;
}

/// Removes the copy, and prints; an operation is a MiB. The sum is the size of the copy.
static inline void target_print(const char* target, uint64_t size, uint64_t ns) {
    struct stat st;
    if (stat(target, &st) != 0 || unlink(target) != 0) {
        contender_die(target);
    }
    work_print_sum(size >> 20, ns, (uint64_t)st.st_size);
}

#endif

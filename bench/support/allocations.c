// SPDX-License-Identifier: MIT
//
// allocations: counts the blocks that a program allocates from the C library; count.py preloads it.
//
// At the end of the process it writes the number to the file that BENCH_ALLOCATIONS names. A realloc counts as one more
// block. Forwards to the functions that glibc provides for replacements of malloc; thread-safe.

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* block, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);

static atomic_ullong count;

static void one_more(void) { atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

void* malloc(size_t size) {
    one_more();
    return __libc_malloc(size);
}

void* calloc(size_t number, size_t size) {
    one_more();
    return __libc_calloc(number, size);
}

void* realloc(void* block, size_t size) {
    one_more();
    return __libc_realloc(block, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
    one_more();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** block, size_t alignment, size_t size) {
    one_more();
    void* const found = __libc_memalign(alignment, size);
    if (found == NULL) {
        return ENOMEM;
    }
    *block = found;
    return 0;
}

__attribute__((destructor)) static void write_count(void) {
    const unsigned long long counted = atomic_load(&count);
    const char* path = getenv("BENCH_ALLOCATIONS");
    FILE* file = path != NULL ? fopen(path, "w") : NULL;
    if (file != NULL) {
        fprintf(file, "%llu\n", counted);
        fclose(file);
    }
}

// SPDX-License-Identifier: MIT
//
// contender: shared by every contender of a race: the input, the clock, the totals, the one line that it prints.
//
// Plain C, header-only, usable from C++. A contender is a process that is called as
//     contender [--repeat N] [--in-flight N] INPUT
// reads all of its input before the clock starts, makes N timed passes over it, prints one line of JSON
// and exits with 0. What a contender cannot know it prints as null; all the others have to agree. One that cannot
// run on this machine says why and exits with CONTENDER_UNABLE.
// Nothing here allocates or calls the system between contender_now() and contender_now().

#ifndef BENCH_CONTENDER_H
#define BENCH_CONTENDER_H

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/// The arguments of the command line.
struct contender_options {
    const char* input;  // the file that holds the list, or the root of the walk
    size_t repeat;      // passes over the input, at least one
    size_t in_flight;   // requests kept open at once; zero means synchronous
};

/// The paths of a list file, in its order. Both blocks live until the process ends.
struct contender_list {
    const char** paths;
    size_t len;
};

/// The totals of a pass. `sum_file_size` adds regular files only, so that contenders that cannot read the size of a
/// directory or of a symbolic link can agree on it. Sums wrap at 2^64.
struct contender_totals {
    uint64_t count;   // entries whose metadata was read
    uint64_t failed;  // paths without metadata, directories that could not be listed
    uint64_t sum_size;
    uint64_t sum_ino;
    uint64_t sum_file_size;
};

/// The totals that contender_print() prints; the rest is null.
enum {
    CONTENDER_GIVES_FAILED = 1,
    CONTENDER_GIVES_SIZE = 2,
    CONTENDER_GIVES_INO = 4,
    CONTENDER_GIVES_ALL = 7,
};

/// Exit status of contender_unable().
enum { CONTENDER_UNABLE = 77 };

static inline void contender_die(const char* what) {
    perror(what);
    exit(1);
}

/// For a contender that cannot run on this machine: it counts as skipped, not as failed.
static inline void contender_unable(const char* what) {
    perror(what);
    exit(CONTENDER_UNABLE);
}

static inline struct contender_options contender_options(int argc, char** argv) {
    struct contender_options options = {NULL, 1, 0};
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--repeat") == 0 && i + 1 < argc) {
            options.repeat = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--in-flight") == 0 && i + 1 < argc) {
            options.in_flight = strtoul(argv[++i], NULL, 10);
        } else {
            options.input = argv[i];
        }
    }
    if (options.input == NULL || options.repeat == 0) {
        fprintf(stderr, "usage: %s [--repeat N] [--in-flight N] INPUT\n", argv[0]);
        exit(2);
    }
    return options;
}

/// Loads the NUL-separated paths of `file` into one block and an array of pointers into it.
static inline struct contender_list contender_list(const char* file) {
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        contender_die(file);
    }
    size_t size = (size_t)st.st_size;
    char* blob = (char*)malloc(size + 1);
    for (size_t done = 0; blob != NULL && done < size;) {
        ssize_t n = read(fd, blob + done, size - done);
        if (n <= 0) {
            contender_die(file);
        }
        done += (size_t)n;
    }
    close(fd);

    struct contender_list list = {NULL, 0};
    for (size_t i = 0; blob != NULL && i < size; ++i) {
        list.len += blob[i] == '\0';
    }
    list.paths = (const char**)malloc((list.len + 1) * sizeof *list.paths);
    if (blob == NULL || list.paths == NULL || list.len == 0) {
        contender_die(file);
    }
    const char* at = blob;
    for (size_t i = 0; i < list.len; ++i) {
        list.paths[i] = at;
        at += strlen(at) + 1;
    }
    return list;
}

static inline uint64_t contender_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void contender_add(struct contender_totals* totals, uint64_t size, uint64_t ino, bool regular) {
    totals->count += 1;
    totals->sum_size += size;
    totals->sum_ino += ino;
    totals->sum_file_size += regular ? size : 0;
}

static inline void contender_print_total(const char* name, uint64_t value, bool known) {
    if (known) {
        printf(", \"%s\": %" PRIu64, name, value);
    } else {
        printf(", \"%s\": null", name);
    }
}

/// Prints the line. The time is divided by `ops`; `gives` one of CONTENDER_GIVES_….
static inline void contender_print(const struct contender_totals* totals, uint64_t ops, uint64_t ns, int gives) {
    printf("{\"ops\": %" PRIu64 ", \"ns\": %" PRIu64 ", \"count\": %" PRIu64, ops, ns, totals->count);
    contender_print_total("failed", totals->failed, (gives & CONTENDER_GIVES_FAILED) != 0);
    contender_print_total("sum_size", totals->sum_size, (gives & CONTENDER_GIVES_SIZE) != 0);
    contender_print_total("sum_ino", totals->sum_ino, (gives & CONTENDER_GIVES_INO) != 0);
    contender_print_total("sum_file_size", totals->sum_file_size, true);
    printf("}\n");
}

#endif

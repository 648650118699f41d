// SPDX-License-Identifier: MIT
//
// work: the amount of work of a contender, in races whose input is a few numbers, and the line it prints.
//
// Plain C, header-only, usable from C++. A contender is called as
//     contender [--ops N] [--tasks N] [--workers N] [--divide N] [--FLAG]... [DIR]
// and prints one line of JSON. Of a repeated option the last one counts. `--divide` is for slow contenders: they do so
// much less, and print how much they did. Peers in other languages know the options that their race uses.

#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include "contender.h"

struct work {
    uint64_t ops;      // how often to do what the race is about
    size_t tasks;      // how many tasks there are at once
    size_t workers;    // threads that run tasks, where a contender can have several
    uint64_t divide;   // ops are divided by it
    const char* flag;  // the last argument that is no such option, without its dashes; empty if there is none
    const char* dir;   // where a contender has its files
};

static inline void work_usage(const char* program) {
    fprintf(stderr, "usage: %s [--ops N] [--tasks N] [--workers N] [--divide N] [--FLAG]... [DIR]; N is at least 1\n",
            program);
    exit(2);
}

/// The numbers of the command line, each 1 by default.
static inline struct work work_options(int argc, char** argv) {
    struct work work = {1, 1, 1, 1, "", "."};
    for (int i = 1; i < argc; ++i) {
        const char* names[] = {"--ops", "--tasks", "--workers", "--divide"};
        unsigned long long values[] = {work.ops, work.tasks, work.workers, work.divide};
        size_t which = 0;
        while (which < 4 && strcmp(argv[i], names[which]) != 0) {
            ++which;
        }
        if (which == 4) {
            if (strncmp(argv[i], "--", 2) == 0) {
                work.flag = argv[i] + 2;
            } else {
                work.dir = argv[i];
            }
            continue;
        }
        char* end = NULL;
        values[which] = i + 1 < argc ? strtoull(argv[++i], &end, 10) : 0;
        if (end == NULL || *end != '\0' || values[which] == 0) {
            work_usage(argv[0]);
        }
        work.ops = values[0];
        work.tasks = (size_t)values[1];
        work.workers = (size_t)values[2];
        work.divide = values[3];
    }
    work.ops = work.ops > work.divide ? work.ops / work.divide : 1;
    return work;
}

static inline void work_print(uint64_t ops, uint64_t ns) {
    printf("{\"ops\": %" PRIu64 ", \"ns\": %" PRIu64 "}\n", ops, ns);
}

/// Like work_print, with a result on which all contenders must agree.
static inline void work_print_sum(uint64_t ops, uint64_t ns, uint64_t sum) {
    printf("{\"ops\": %" PRIu64 ", \"ns\": %" PRIu64 ", \"sum\": %" PRIu64 "}\n", ops, ns, sum);
}

#endif

// SPDX-License-Identifier: MIT
//
// input: the files of the C and C++ contenders of the files race, below the directory that support/races_files.py made.
//
// `blocks` has INPUT_SIZE bytes, which are read and overwritten in blocks, and again from the start after the end;
// `whole` has INPUT_WHOLE. An operation removes what it creates.

#ifndef BENCH_FILES_INPUT_H
#define BENCH_FILES_INPUT_H

#include "work.h"

enum { INPUT_SIZE = 64 << 20, INPUT_WHOLE = 4096, INPUT_WIDTH = 100, INPUT_LONGEST = 512 };

/// The measurement. `sum` is the number of bytes moved, or of names handled.
struct outcome {
    uint64_t ops;
    uint64_t ns;
    uint64_t sum;
};

/// The path of `name` in the directory of the race. Lives until the process ends.
static inline char* input_path(const struct work* work, const char* name) {
    char* path = (char*)malloc(INPUT_LONGEST);
    if (path == NULL || snprintf(path, INPUT_LONGEST, "%s/%s", work->dir, name) >= INPUT_LONGEST) {
        contender_die(name);
    }
    return path;
}

/// That many bytes, each page touched.
static inline char* input_buffer(size_t size) {
    char* buffer = (char*)malloc(size);
    if (buffer == NULL) {
        contender_die("malloc");
    }
    memset(buffer, 'x', size);
    return buffer;
}

/// The paths of `count` files in the new directory `parent`.
static inline char** input_names(const char* parent, uint64_t count) {
    if (mkdir(parent, 0777) != 0) {
        contender_die(parent);
    }
    const size_t size = strlen(parent) + 24;
    char** names = (char**)malloc(count * sizeof *names);
    char* text = (char*)malloc(count * size);
    if (names == NULL || text == NULL) {
        contender_die("malloc");
    }
    for (uint64_t i = 0; i < count; ++i) {
        names[i] = text + i * size;
        snprintf(names[i], size, "%s/%" PRIu64, parent, i);
    }
    return names;
}

/// Makes the directory `root` with `files` empty files in directories of INPUT_WIDTH each, by one call per entry, and
/// returns the number of entries.
static inline uint64_t input_tree(const char* root, uint64_t files) {
    uint64_t directories = 0;
    char path[INPUT_LONGEST + 64];
    if (mkdir(root, 0777) != 0) {
        contender_die(root);
    }
    for (uint64_t i = 0; i < files; ++i) {
        if (i % INPUT_WIDTH == 0) {
            snprintf(path, sizeof path, "%s/%" PRIu64, root, directories++);
            if (mkdir(path, 0777) != 0) {
                contender_die(path);
            }
        }
        snprintf(path, sizeof path, "%s/%" PRIu64 "/%" PRIu64, root, directories - 1, i % INPUT_WIDTH);
        if (mknod(path, S_IFREG | 0666, 0) != 0) {
            contender_die(path);
        }
    }
    return files + directories + 1;
}

/// One operation of a contender; `block` is the bytes of a block.
struct operation {
    const char* name;
    struct outcome (*run)(const struct work* work, size_t block);
    size_t block;
};

/// Runs the operation that the command line names, and prints.
static inline int input_main(int argc, char** argv, const struct operation* operations, size_t count) {
    const struct work work = work_options(argc, argv);
    for (size_t i = 0; i < count; ++i) {
        if (strcmp(work.flag, operations[i].name) == 0) {
            const struct outcome outcome = operations[i].run(&work, operations[i].block);
            work_print_sum(outcome.ops, outcome.ns, outcome.sum);
            return 0;
        }
    }
    fprintf(stderr, "%s: no operation --%s\n", argv[0], work.flag);
    return 2;
}

#endif

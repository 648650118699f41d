/* SPDX-License-Identifier: MIT */
/* Shared by the C hosts of this folder: how they fail, and what they read from /proc. */
#ifndef HOST_H
#define HOST_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static inline void fail(const char* what, int number) {
    fprintf(stderr, "%s (%d)\n", what, number);
    exit(1);
}

/* Allocates memory that nobody frees and that no compiler optimises away. */
static inline void leak(size_t size) {
    static void* volatile kept;
    kept = malloc(size);
    (void)kept;
}

/* The number of entries of a directory, without "." and "..". */
static inline int count_entries(const char* path) {
    int count = 0;
    DIR* entries = opendir(path);
    if (entries == NULL) {
        fail(path, 0);
    }
    for (struct dirent* entry; (entry = readdir(entries)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(entries);
    return count;
}

/* The number of threads. A joined thread leaves /proc a moment later. */
static inline int count_threads(int expected) {
    int count = count_entries("/proc/self/task");
    for (int tries = 0; count != expected && tries < 2000; ++tries) {
        const struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
        count = count_entries("/proc/self/task");
    }
    return count;
}

/* Makes a directory for the host, in memory where /dev/shm allows it. The caller removes it. */
static inline const char* make_directory(void) {
    static char path[64];
    snprintf(path, sizeof path, "%s/weld-embed-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(path) == NULL) {
        fail("mkdtemp", 0);
    }
    return path;
}

#endif

// SPDX-License-Identifier: MIT
//
// raw_posix_spawn: the process race as a C program writes it.
//
// The baseline of the race.

#include <spawn.h>
#include <sys/wait.h>

#include "heap.h"

extern char** environ;

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    heap_touch(&work);
    char* const arguments[] = {(char*)work.dir, NULL};

    uint64_t failed = 0;
    const uint64_t start = contender_now();
    for (uint64_t done = 0; done < work.ops; ++done) {
        pid_t child;
        int status;
        if (posix_spawn(&child, work.dir, NULL, NULL, arguments, environ) != 0) {
            contender_die("posix_spawn");
        }
        if (waitpid(child, &status, 0) != child) {
            contender_die("waitpid");
        }
        failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    work_print_sum(work.ops, contender_now() - start, failed);
    return 0;
}
